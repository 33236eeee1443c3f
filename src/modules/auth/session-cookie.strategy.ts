import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-jwt';
import {
  type Credential,
  CredentialStrategies,
  type CredentialStrategy,
  SessionCookie,
  type VerifiedCredential,
} from '../../platform/access/index.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { CookieTokenClaims } from './session-cookie-tokens.js';
import { LiveSessions } from './live-sessions.js';
import { audienceOf, SESSION_TOKEN_HEADER } from './session-tokens.js';
import { TokenKeys } from './token-keys.js';

const PASSPORT_NAME = 'session-cookie';

/** Verifies the login sessions that browsers carry in a cookie. */
@Injectable()
export class SessionCookieStrategy extends PassportStrategy(Strategy, PASSPORT_NAME) implements CredentialStrategy {
  readonly passportName = PASSPORT_NAME;

  constructor(
    keys: TokenKeys,
    strategies: CredentialStrategies,
    cookie: SessionCookie,
    private readonly sessions: LiveSessions,
    @Inject(CONFIG) config: Config,
  ) {
    super({
      jwtFromRequest: (request: Request) => cookie.credentialOf(request)?.value ?? null,
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: Error | null, key: never) => void) =>
        done(null, keys.matching('cookie', token) as never),
      algorithms: ['HS256'],
      issuer: config.publicUrl,
      audience: audienceOf('cookie'),
      // judged below, by the process's own clock and with a code of its own
      ignoreExpiration: true,
    });
    strategies.register(this);
  }

  accepts(credential: Credential): boolean {
    return credential.scheme === 'session_cookie' && credential.value.startsWith(`${SESSION_TOKEN_HEADER}.`);
  }

  /** The caller behind claims whose signature has verified. @throws AppError AUTH_002, AUTH_003 */
  validate(claims: CookieTokenClaims): Promise<VerifiedCredential> {
    if (claims.token_use !== 'cookie') throw new AppError('AUTH_003', { detail: 'This is not a session cookie.' });
    return this.sessions.verify(claims, 'session_cookie');
  }
}
