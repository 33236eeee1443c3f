import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { MfaModule } from '../mfa/index.js';
import { UsersModule } from '../users/index.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { JwtStrategy } from './jwt.strategy.js';
import { SessionTokens } from './session-tokens.js';
import { SessionsService } from './sessions.service.js';
import { TokenKeys } from './token-keys.js';

/** Sessions, their tokens, and login. */
@Module({
  imports: [UsersModule, MfaModule, JwtModule.register({})],
  controllers: [AuthController],
  providers: [AuthService, SessionsService, SessionTokens, TokenKeys, JwtStrategy],
})
export class AuthModule {}
