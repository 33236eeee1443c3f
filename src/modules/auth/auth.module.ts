import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { CsrfModule } from '../../platform/csrf/index.js';
import { RowRetention } from '../../platform/metering/index.js';
import { MfaModule } from '../mfa/index.js';
import { UsersModule } from '../users/index.js';
import './session.events.js';
import { AccountController } from './account.controller.js';
import { AccountService } from './account.service.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BrowserLogin } from './browser-login.js';
import { DeviceCookie } from './device-cookie.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LiveSessions } from './live-sessions.js';
import { PageLogin } from './page-login.js';
import { RefreshSecretUsage } from './refresh-secret-usage.js';
import { SessionActivity } from './session-activity.js';
import { SessionCookieStrategy } from './session-cookie.strategy.js';
import { SessionCookieTokens } from './session-cookie-tokens.js';
import { SessionRefresh } from './session-refresh.js';
import { SessionTokens } from './session-tokens.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { TokenKeys } from './token-keys.js';

/** How long a session is kept after its last token has expired. */
const ENDED_SESSIONS_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Sessions, their tokens, and login. */
@Module({
  imports: [UsersModule, MfaModule, CsrfModule, JwtModule.register({})],
  controllers: [AuthController, AccountController, SessionsController],
  providers: [
    AuthService,
    BrowserLogin,
    PageLogin,
    AccountService,
    SessionsService,
    SessionRefresh,
    SessionTokens,
    TokenKeys,
    DeviceCookie,
    JwtStrategy,
    LiveSessions,
    SessionCookieTokens,
    SessionCookieStrategy,
    SessionActivity,
    RefreshSecretUsage,
  ],
  exports: [SessionsService, RefreshSecretUsage, PageLogin],
})
export class AuthModule {
  constructor(retention: RowRetention) {
    // none of its tokens is good then; until a week later its owner may end it, and be told that it has ended
    retention.keep({ table: 'sessions', column: 'refresh_over_by', keptMs: ENDED_SESSIONS_KEPT_MS });
  }
}
