import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import { SessionCookie } from '../../platform/access/index.js';
import { AmbientRequests } from '../../platform/csrf/index.js';
import type { Session } from './session.entity.js';
import { SessionCookieTokens } from './session-cookie-tokens.js';

/** Logins of browsers that are to carry their session in a cookie. */
@Injectable()
export class BrowserLogin {
  constructor(
    private readonly ambient: AmbientRequests,
    private readonly cookie: SessionCookie,
    private readonly tokens: SessionCookieTokens,
  ) {}

  /** Asked before the password is. @throws AppError AUTH_010 if another site's page sends the login */
  assertAllowed(request: Request): void {
    this.ambient.assertLoginIsNotForeign(request);
  }

  leaveCookie(response: Response, session: Session): void {
    this.cookie.give(response, this.tokens.issue(session), session.expiresAt);
  }

  /**
   * After a logout: takes the cookie back. A browser also drops what it keeps of our pages and answers (Clear-Site-Data).
   * Cookies are not named there: they would go on all hosts of the domain, and the device would be a stranger's again.
   */
  leave(response: Response, { method }: Principal): void {
    this.cookie.clear(response);
    if (method === 'session_cookie') response.setHeader('Clear-Site-Data', '"cache", "storage"');
  }
}
