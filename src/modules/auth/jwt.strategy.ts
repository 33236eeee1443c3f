import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { AppError } from '../../kernel/errors/app-error.js';
import {
  type Credential,
  CredentialStrategies,
  type CredentialStrategy,
  type VerifiedCredential,
} from '../../platform/access/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { LiveSessions } from './live-sessions.js';
import { type AccessTokenClaims, audienceOf, SESSION_TOKEN_HEADER } from './session-tokens.js';
import { TokenKeys } from './token-keys.js';

const PASSPORT_NAME = 'session-jwt';

/** Verifies the access tokens of login sessions. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, PASSPORT_NAME) implements CredentialStrategy {
  readonly passportName = PASSPORT_NAME;

  constructor(
    keys: TokenKeys,
    strategies: CredentialStrategies,
    private readonly sessions: LiveSessions,
    @Inject(CONFIG) config: Config,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: Error | null, key: never) => void) =>
        done(null, keys.matching('access', token) as never),
      algorithms: ['HS256'],
      issuer: config.publicUrl,
      audience: audienceOf('access'),
      // judged below, by the process's own clock and with a code of its own
      ignoreExpiration: true,
    });
    strategies.register(this);
  }

  /** Our session tokens all have the same header, which pins the algorithm before anything is parsed. */
  accepts(credential: Credential): boolean {
    return credential.scheme === 'bearer' && credential.value.startsWith(`${SESSION_TOKEN_HEADER}.`);
  }

  /** The caller behind claims whose signature has verified. @throws AppError AUTH_002, AUTH_003 */
  validate(claims: AccessTokenClaims): Promise<VerifiedCredential> {
    if (claims.token_use !== 'access') throw new AppError('AUTH_003', { detail: 'This is not an access token.' });
    return this.sessions.verify(claims, 'jwt');
  }
}
