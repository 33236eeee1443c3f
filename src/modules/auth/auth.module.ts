import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { HttpModule } from '../../platform/http/http.module.js';
import { MfaModule } from '../mfa/index.js';
import { UsersModule } from '../users/index.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BrowserLogin } from './browser-login.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LiveSessions } from './live-sessions.js';
import { SessionCookieStrategy } from './session-cookie.strategy.js';
import { SessionCookieTokens } from './session-cookie-tokens.js';
import { SessionTokens } from './session-tokens.js';
import { SessionsService } from './sessions.service.js';
import { TokenKeys } from './token-keys.js';

/** Sessions, their tokens, and login. */
@Module({
  imports: [UsersModule, MfaModule, HttpModule, JwtModule.register({})],
  controllers: [AuthController],
  providers: [
    AuthService,
    BrowserLogin,
    SessionsService,
    SessionTokens,
    TokenKeys,
    JwtStrategy,
    LiveSessions,
    SessionCookieTokens,
    SessionCookieStrategy,
  ],
})
export class AuthModule {}
