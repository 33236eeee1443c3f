import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type ProvenUser, UsersService } from '../users/index.js';
import { AuthService } from './auth.service.js';
import { BrowserLogin } from './browser-login.js';
import { DeviceCookie } from './device-cookie.js';
import { loginOriginOf } from './login-origin.js';

/** The login of a page that is served here: the same checks as the API's, in two steps, and then its cookies. */
@Injectable()
export class PageLogin {
  constructor(
    private readonly auth: AuthService,
    private readonly users: UsersService,
    private readonly devices: DeviceCookie,
    private readonly browserLogin: BrowserLogin,
  ) {}

  /** Whose password it is. @throws AppError AUTH_001, AUTH_007, REQ_008 */
  identify(request: Request, email: string, passwordPlaintext: string): Promise<ProvenUser> {
    return this.auth.identify({ email, password: passwordPlaintext }, loginOriginOf(request, this.devices));
  }

  /** The account whose password was shown in an earlier step, as it is now; null if it is gone. */
  find(userId: string): Promise<ProvenUser | null> {
    return this.users.findProven(userId);
  }

  /** Lets a user in whose password has been proved, and leaves the cookies. @throws AppError AUTH_001, AUTH_006, AUTH_007 */
  async enter(request: Request, response: Response, user: ProvenUser, mfaCode: string | undefined): Promise<void> {
    const { session } = await this.auth.enter(user, mfaCode, loginOriginOf(request, this.devices));
    this.browserLogin.leaveCookie(response, session);
    this.devices.give(request, response, user.id);
  }
}
