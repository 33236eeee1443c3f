import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../../../kernel/errors/app-error.js';
import { AmbientRequests, CsrfCookie } from '../../../platform/csrf/index.js';
import type { OAuthParameters } from '../protocol/oauth-parameters.js';
import { FormTokens, type LoginTicket } from './form-tokens.js';

/** A form is taken only from the browser or session that its page was shown to, about the request that it was about. */
@Injectable()
export class OwnFormPolicy {
  constructor(
    private readonly tokens: FormTokens,
    private readonly browser: CsrfCookie,
    private readonly ambient: AmbientRequests,
  ) {}

  /** What names the browser before anybody has logged in; null: no page of ours was shown to it. */
  browserOf(request: Request): string | null {
    return this.browser.read(request);
  }

  /** @throws AppError AUTH_010 for a form that another site sends, or that was shown to another browser or session */
  assertIsOurs(request: Request, form: OAuthParameters, holder: string | null, purpose: string, query: string): void {
    this.ambient.assertLoginIsNotForeign(request);
    if (holder !== null && this.tokens.isValid(form.get('csrf_token'), holder, purpose, query)) return;
    throw new AppError('AUTH_010', {
      detail: 'This form is too old, or was not shown to you. Go back to the application.',
    });
  }

  /** Reads the proof that this browser has shown a password a moment ago; null: it is none. */
  readTicket(request: Request, ticket: string): LoginTicket | null {
    return this.tokens.readTicket(ticket, this.browser.read(request) ?? '');
  }
}
