import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { SessionCookie } from '../access/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { CsrfCookie } from './csrf-cookie.js';
import { type CsrfBinding, CsrfTokens } from './csrf-tokens.js';
import { judgeOrigin } from './request-origin.js';

/** What a form of another site can send without asking (Fetch standard, "CORS-safelisted request-header"). */
const FORM_TYPE = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** The rules for requests that a browser may have sent without its user's will. */
@Injectable()
export class AmbientRequests {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly tokens: CsrfTokens,
    private readonly csrfCookie: CsrfCookie,
    private readonly sessionCookie: SessionCookie,
  ) {}

  /**
   * A state-changing request on the strength of a cookie alone: from an origin of ours, not as a form could send it,
   * and with a token of this very session. @throws AppError AUTH_010
   */
  assertWilled(request: Request, response: Response, principal: Principal): void {
    if (this.originOf(request) !== 'ours') throw refused('The request does not come from an origin that may act here.');
    if (FORM_TYPE.test(request.headers['content-type'] ?? '')) {
      throw refused('With a session cookie the Content-Type must not be one that a form can send.');
    }
    if (this.tokens.isValid(request, response, [{ session: principal.credentialId }])) return;
    throw refused('The X-CSRF-Token header is missing, has expired or is not of this session.');
  }

  /**
   * A token that was sent although the credential in the header needs none: it must be one of ours, of the session of
   * the credential, of the session of the browser's cookie, or of the browser. @throws AppError AUTH_010
   */
  assertTokenIsOurs(request: Request, response: Response, principal: Principal): void {
    const bindings: CsrfBinding[] = [];
    if (principal.kind === 'session') bindings.push({ session: principal.credentialId });
    const ambientSession = this.sessionCookie.sessionOf(request);
    if (ambientSession !== null) bindings.push({ session: ambientSession });
    const browser = this.csrfCookie.read(request);
    if (browser !== null) bindings.push({ browser });
    if (this.tokens.isValid(request, response, bindings)) return;
    throw refused('The X-CSRF-Token header is not a fresh token of this browser; leave it out or get a new one.');
  }

  /**
   * A login that leaves a cookie behind: no other site may log a browser in to an account of its choice. Without an
   * Origin it is not from a browser. @throws AppError AUTH_010
   */
  assertLoginIsNotForeign(request: Request): void {
    if (this.originOf(request) !== 'foreign') return;
    throw refused('A login that sets a cookie must come from an origin that may act here.');
  }

  private originOf(request: Request): ReturnType<typeof judgeOrigin> {
    return judgeOrigin(request, this.config.publicUrl, this.config.corsOrigins);
  }
}

function refused(detail: string): AppError {
  return new AppError('AUTH_010', { detail });
}
