import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { errorEntry } from '../../../kernel/errors/catalogue.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { CsrfCookie } from '../../../platform/csrf/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import { type ProvenUser, UsersService } from '../../users/index.js';
import { type AuthorizationAnswer, answerUrl } from './answer-url.js';
import { AuthorizationFault, PageFault } from './authorization-fault.js';
import type { AuthorizationRequest, ReturnAddress } from './authorization-request.js';
import type { NextStep } from './authorize.service.js';
import { FormTokens } from './form-tokens.js';
import { sendPage } from './page.js';
import { codePage, consentPage, faultPage, type FormContext, loginPage, wayBackPage } from './pages.js';

/** What went wrong with a form, for the user. */
export type FormFault = FormContext['fault'];

/** The way back to the client of a request. */
export interface WayBack {
  readonly address: ReturnAddress;
  /** Whether the browser is sent there; else its user decides. */
  readonly isAutomatic: boolean;
}

/** Answers browsers: with the page that comes next, or by sending them back to the client. */
@Injectable()
export class PageAnswers {
  constructor(
    private readonly tokens: FormTokens,
    private readonly browser: CsrfCookie,
    private readonly users: UsersService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Sends the browser back to the client. 303, so that a form is not sent on (RFC 9700 §4.12). */
  sendBack(response: Response, address: ReturnAddress, answer: AuthorizationAnswer): void {
    response.redirect(303, answerUrl(address, this.config.publicUrl, answer));
  }

  /** Answers what was thrown: to the client where it is known, to the user otherwise. */
  fault(error: unknown, response: Response, way: WayBack | null): void {
    if (error instanceof AuthorizationFault && way) this.tellClient(response, way, error);
    else if (error instanceof PageFault) sendPage(response, faultPage(400, error.sentence));
    else if (error instanceof OAuthError) sendPage(response, faultPage(400, error.description));
    else if (error instanceof AppError && isRefusal(error)) sendPage(response, faultPage(...refusalOf(error)));
    else throw error;
  }

  private tellClient(response: Response, { address, isAutomatic }: WayBack, fault: AuthorizationFault): void {
    const answer = { error: fault.code, error_description: fault.description };
    if (isAutomatic) return this.sendBack(response, address, answer);
    const { client, redirectUri } = address;
    const url = answerUrl(address, this.config.publicUrl, answer);
    sendPage(response, wayBackPage({ clientName: client.name, redirectUri, sentence: fault.description, url }));
  }

  login(request: Request, response: Response, asked: AuthorizationRequest, query: string, fault: FormFault = null) {
    const email = asked.loginHint ?? '';
    sendPage(response, loginPage(this.loginContext(request, response, asked, query, fault), email));
  }

  code(
    request: Request,
    response: Response,
    asked: AuthorizationRequest,
    query: string,
    { user, fault }: { user: ProvenUser; fault: FormFault },
  ): void {
    const ticket = this.tokens.issueTicket(user, this.browser.ensure(request, response));
    sendPage(response, codePage(this.loginContext(request, response, asked, query, fault), ticket));
  }

  async consent(
    response: Response,
    asked: AuthorizationRequest,
    query: string,
    { user, step, fault = null }: { user: Principal; step: NextStep & { kind: 'consent' }; fault?: FormFault },
  ): Promise<void> {
    const { email } = await this.users.get(user.userId);
    const again = new URLSearchParams(query);
    again.set('prompt', 'login');
    const csrfToken = this.tokens.issue(user.credentialId, 'consent', query);
    const { scopes, needsCode } = step;
    const otherAccountUrl = `/oauth/authorize?${again.toString()}`;
    sendPage(
      response,
      consentPage(formContext(asked, query, csrfToken, fault), { email, scopes, needsCode, otherAccountUrl }),
    );
  }

  private loginContext(
    request: Request,
    response: Response,
    asked: AuthorizationRequest,
    query: string,
    fault: FormFault,
  ) {
    const csrfToken = this.tokens.issue(this.browser.ensure(request, response), 'login', query);
    return formContext(asked, query, csrfToken, fault);
  }
}

function formContext(asked: AuthorizationRequest, request: string, csrfToken: string, fault: FormFault): FormContext {
  const { client, redirectUri } = asked;
  return { clientName: client.name, redirectUri, request, csrfToken, fault };
}

/** A failure of ours is the problem filter's. */
function isRefusal({ code }: AppError): boolean {
  return errorEntry(code).status < 500;
}

function refusalOf({ code, detail }: AppError): [number, string] {
  return [pageStatus(code), detail ?? errorEntry(code).title];
}

/** A page is no challenge, so it cannot be a 401 (RFC 9110 §15.5.2). */
export function pageStatus(code: AppError['code']): number {
  const { status } = errorEntry(code);
  return status === 401 ? 403 : status;
}
