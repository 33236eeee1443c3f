import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { AmbientRequests, CsrfCookie } from '../../../platform/csrf/index.js';
import { PageLogin } from '../../auth/index.js';
import { StepUpStamper } from '../../mfa/index.js';
import { EmailInput, PasswordInput, type ProvenUser } from '../../users/index.js';
import type { OAuthParameters } from '../oauth-parameters.js';
import { AuthorizationFault } from './authorization-fault.js';
import type { AuthorizationRequest, Prompt } from './authorization-request.js';
import { AuthorizeService } from './authorize.service.js';
import { FormTokens } from './form-tokens.js';
import { type FormFault, PageAnswers, pageStatus } from './page-answers.js';

/** One step of a browser on its way to a code; `query` is the authorization request as it came. */
export interface Passage {
  readonly request: Request;
  readonly response: Response;
  readonly query: string;
  readonly asked: AuthorizationRequest;
}

/** What users do on the pages. */
@Injectable()
export class AuthorizeForms {
  constructor(
    private readonly service: AuthorizeService,
    private readonly answers: PageAnswers,
    private readonly tokens: FormTokens,
    private readonly browser: CsrfCookie,
    private readonly ambient: AmbientRequests,
    private readonly logins: PageLogin,
    private readonly stepUps: StepUpStamper,
  ) {}

  /** Shows what comes next, or sends the browser back with a code. */
  async proceed(passage: Passage, user: Principal | null, fault: FormFault = null): Promise<void> {
    const { request, response, query, asked } = passage;
    const step = await this.service.next(asked, user);
    if (step.kind === 'code') this.answers.sendBack(response, asked, { code: step.code });
    else if (step.kind === 'consent' && user) await this.answers.consent(response, asked, query, { user, step, fault });
    else this.answers.login(request, response, asked, query, fault);
  }

  /** The password, or the code after it. Logged in, the browser asks anew, with its session. */
  async login(passage: Passage, form: OAuthParameters): Promise<void> {
    const { request, response, query, asked } = passage;
    this.assertOwnForm(request, form, this.browser.read(request), 'login', query);
    let user: ProvenUser | null = null;
    try {
      user = await this.identify(request, form);
      await this.logins.enter(request, response, user, form.get('mfa_code'));
    } catch (error) {
      const fault = formFault(error);
      if (user === null || (error as AppError).code !== 'AUTH_006') {
        const typed = { ...asked, loginHint: form.get('email') ?? asked.loginHint };
        return this.answers.login(request, response, typed, query, fault);
      }
      const isFirst = form.get('mfa_code') === undefined;
      return this.answers.code(request, response, asked, query, { user, fault: isFirst ? null : fault });
    }
    response.redirect(303, `/oauth/authorize?${afterLogin(query)}`);
  }

  /** The answer to the question of the consent page. */
  async consent(passage: Passage, form: OAuthParameters, user: Principal | null): Promise<void> {
    const { request, response, query, asked } = passage;
    if (!user) return this.proceed(passage, null);
    this.assertOwnForm(request, form, user.credentialId, 'consent', query);
    if (form.get('decision') !== 'approve') throw new AuthorizationFault('access_denied', 'The user did not consent.');
    const step = await this.service.next(withoutRemembering(asked), user);
    if (step.kind !== 'consent') return this.proceed(passage, user);
    const fault = step.needsCode ? await this.stepUp(user, form.get('mfa_code')) : null;
    if (fault) return this.answers.consent(response, asked, query, { user, step, fault });
    const code = await this.service.approve(asked, user);
    if (code === null) return this.proceed(passage, null);
    this.answers.sendBack(response, asked, { code });
  }

  private async identify(request: Request, form: OAuthParameters): Promise<ProvenUser> {
    const ticket = form.get('ticket');
    if (ticket === undefined) {
      const email = EmailInput.safeParse(form.get('email'));
      const password = PasswordInput.safeParse(form.get('password'));
      // what cannot be one is not the right one
      if (!email.success || !password.success) throw new AppError('AUTH_001');
      return this.logins.identify(request, email.data, password.data);
    }
    const shown = this.tokens.readTicket(ticket, this.browser.read(request) ?? '');
    const user = shown && (await this.logins.find(shown.userId));
    if (user && shown.isFor(user.passwordHash)) return user;
    throw new AppError('AUTH_001', { detail: 'This login is no longer good. Log in once more.' });
  }

  private async stepUp(user: Principal, code: string | undefined): Promise<FormFault> {
    try {
      await this.stepUps.stepUp(user, code ?? '');
      return null;
    } catch (error) {
      return formFault(error);
    }
  }

  /** @throws AppError AUTH_010 for a form that another site sends, or that was shown to another browser or session */
  private assertOwnForm(
    request: Request,
    form: OAuthParameters,
    holder: string | null,
    purpose: string,
    query: string,
  ) {
    this.ambient.assertLoginIsNotForeign(request);
    if (holder !== null && this.tokens.isValid(form.get('csrf_token'), holder, purpose, query)) return;
    throw new AppError('AUTH_010', {
      detail: 'This form is too old, or was not shown to you. Go back to the application.',
    });
  }
}

const SENTENCES: Readonly<Partial<Record<AppError['code'], string>>> = {
  AUTH_001: 'E-mail or password is wrong.',
};

/** What went wrong, for the user; a failure of ours is thrown on. */
function formFault(error: unknown): FormFault {
  if (!(error instanceof AppError) || pageStatus(error.code) >= 500) throw error;
  return { status: pageStatus(error.code), sentence: error.detail ?? SENTENCES[error.code] ?? 'That did not work.' };
}

/** What a login has answered; the request goes on without it. */
const ANSWERED_PROMPTS: readonly string[] = ['login', 'select_account'] satisfies readonly Prompt[];

/** A request whose user has just logged in does not ask for that again. */
function afterLogin(query: string): string {
  const parameters = new URLSearchParams(query);
  const prompts = (parameters.get('prompt') ?? '').split(' ').filter((prompt) => !ANSWERED_PROMPTS.includes(prompt));
  parameters.delete('max_age');
  parameters.delete('prompt');
  if (prompts.join('') !== '') parameters.set('prompt', prompts.join(' '));
  return parameters.toString();
}

/** The page has asked, so an answer that was remembered meanwhile does not count. */
function withoutRemembering(asked: AuthorizationRequest): AuthorizationRequest {
  return { ...asked, prompts: new Set(['consent']) };
}
