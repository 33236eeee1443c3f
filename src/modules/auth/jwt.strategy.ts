import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { PermissionSet } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import {
  type Credential,
  CredentialStrategies,
  type CredentialStrategy,
  type VerifiedCredential,
} from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/index.js';
import { findLiveSession } from './session.repository.js';
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
    private readonly database: Database,
    @Inject(CONFIG) config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
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
  async validate(claims: AccessTokenClaims): Promise<VerifiedCredential> {
    if (claims.token_use !== 'access') throw new AppError('AUTH_003', { detail: 'This is not an access token.' });
    const now = this.clock.now();
    if (claims.exp * 1000 <= now) throw new AppError('AUTH_002', { detail: 'The access token has expired.' });
    const session = await this.database.read((em) => findLiveSession(em, claims.sub, claims.sid, new Date(now)));
    if (!session) throw new AppError('AUTH_002', { detail: 'The session of this token has ended.' });
    const { role } = session.user;
    const principal = Object.freeze({
      kind: 'session',
      method: 'jwt',
      userId: claims.sub,
      role,
      credentialId: session.id,
      grants: [],
      permissions: PermissionSet.ofRole(role),
      networks: NetworkPolicy.unrestricted,
      expiresAt: null,
      credentialExpiresAt: claims.exp * 1000,
    } satisfies Principal);
    return {
      principal,
      dependsOn: [
        { kind: 'session', id: session.id },
        { kind: 'owner', id: claims.sub },
      ],
    };
  }
}
