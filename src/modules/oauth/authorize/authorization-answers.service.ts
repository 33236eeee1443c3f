import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../../../kernel/errors/app-error.js';
import { errorEntry } from '../../../kernel/errors/catalogue.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import { errorPage, errorRedirectPage } from '../pages/authorization-pages.view.js';
import { sendPage } from '../pages/send-page.js';
import { AuthorizationFault, PageFault } from './authorization-fault.js';
import type { ReturnAddress } from './authorization-request.js';
import { pageStatus } from './form-fault.error.js';

/** What a client is sent back with: a code, or an error. */
export type AuthorizationAnswer =
  { readonly code: string } | { readonly error: string; readonly error_description: string };

/** Where the client of a request is told of an error. */
export interface ErrorRedirect {
  readonly address: ReturnAddress;
  /** Whether the browser is sent there; else its user decides. */
  readonly isAutomatic: boolean;
}

/** Ends requests: with an answer to the client, or with a page that says what is wrong. */
@Injectable()
export class AuthorizationAnswersService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Sends the browser back to the client. 303, so that a form is not sent on (RFC 9700 §4.12). */
  sendBack(response: Response, address: ReturnAddress, answer: AuthorizationAnswer): void {
    response.redirect(303, this.urlOf(address, answer));
  }

  /** Answers what was thrown: to the client where it is known, to the user otherwise. */
  refuse(error: unknown, response: Response, errorRedirect: ErrorRedirect | null): void {
    if (error instanceof AuthorizationFault && errorRedirect) this.tellClient(response, errorRedirect, error);
    else if (error instanceof PageFault) sendPage(response, errorPage(400, error.sentence));
    else if (error instanceof OAuthError) sendPage(response, errorPage(400, error.description));
    else if (error instanceof AppError && isRefusal(error)) sendPage(response, errorPage(...refusalOf(error)));
    else throw error;
  }

  private tellClient(response: Response, { address, isAutomatic }: ErrorRedirect, fault: AuthorizationFault): void {
    const answer = { error: fault.code, error_description: fault.description };
    if (isAutomatic) return this.sendBack(response, address, answer);
    const { client, redirectUri } = address;
    const url = this.urlOf(address, answer);
    sendPage(response, errorRedirectPage({ clientName: client.name, redirectUri, sentence: fault.description, url }));
  }

  /** The URL that takes an answer to the client (RFC 6749 §4.1.2), with the issuer of it (RFC 9207 §2). */
  private urlOf({ redirectUri, state }: ReturnAddress, answer: AuthorizationAnswer): string {
    const iss = this.config.publicUrl;
    const parameters = new URLSearchParams({ ...answer, ...(state !== null && { state }), iss });
    return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters.toString()}`;
  }
}

/** A failure of ours is the problem filter's. */
function isRefusal({ code }: AppError): boolean {
  return errorEntry(code).status < 500;
}

function refusalOf({ code, detail }: AppError): [number, string] {
  return [pageStatus(code), detail ?? errorEntry(code).title];
}
