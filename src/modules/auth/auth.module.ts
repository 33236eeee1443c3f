import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { HttpModule } from '../../platform/http/http.module.js';
import { MfaModule } from '../mfa/index.js';
import { UsersModule } from '../users/index.js';
import { AccountController } from './account.controller.js';
import { AccountService } from './account.service.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BrowserLogin } from './browser-login.js';
import { DeviceCookie } from './device-cookie.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LiveSessions } from './live-sessions.js';
import { RefreshSecretUsage } from './refresh-secret-usage.js';
import { SessionActivity } from './session-activity.js';
import { SessionCookieStrategy } from './session-cookie.strategy.js';
import { SessionCookieTokens } from './session-cookie-tokens.js';
import { SessionRefresh } from './session-refresh.js';
import { SessionTokens } from './session-tokens.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { TokenKeys } from './token-keys.js';

/** Sessions, their tokens, and login. */
@Module({
  imports: [UsersModule, MfaModule, HttpModule, JwtModule.register({})],
  controllers: [AuthController, AccountController, SessionsController],
  providers: [
    AuthService,
    BrowserLogin,
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
  exports: [SessionsService, RefreshSecretUsage],
})
export class AuthModule {}
