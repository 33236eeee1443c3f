import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { User } from '../users/index.js';
import type { Session } from './session.entity.js';
import { type SessionTokenKind, TokenKeys } from './token-keys.js';

/** Life of an access token. */
export const ACCESS_TOKEN_TTL_SECONDS = 3_600;

/** The header of every session token, exactly as the guide prints it; anything else is not one of ours. */
export const SESSION_TOKEN_HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** The audience of a kind of token. */
export function audienceOf(kind: SessionTokenKind): string {
  return `kindly:${kind}`;
}

/** The claims of an access token. */
export interface AccessTokenClaims {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly sid: string;
  readonly iss: string;
  readonly aud: string;
  readonly token_use: 'access';
}

/** Signs the tokens of sessions. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: TokenKeys,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A new access token of a session, valid for an hour but not beyond the session. */
  accessToken(session: Session, user: User): string {
    const now = this.clock.now();
    const iat = seconds(now);
    const claims: AccessTokenClaims = {
      sub: user.id,
      email: user.email,
      name: user.name,
      iat,
      exp: Math.min(iat + ACCESS_TOKEN_TTL_SECONDS, seconds(session.expiresAt.getTime())),
      jti: newId(now),
      sid: session.id,
      iss: this.config.publicUrl,
      aud: audienceOf('access'),
      token_use: 'access',
    };
    return this.sign('access', claims);
  }

  /** The refresh token of a session's current claims; HS256 is deterministic, so it is the same each time. */
  refreshToken(session: Session): string {
    return this.sign('refresh', {
      sub: session.user.id,
      iat: seconds(session.refreshIssuedAt.getTime()),
      exp: seconds(session.refreshExpiresAt.getTime()),
      jti: session.refreshJti,
      sid: session.id,
      iss: this.config.publicUrl,
      aud: audienceOf('refresh'),
      token_use: 'refresh',
    });
  }

  private sign(kind: SessionTokenKind, claims: object): string {
    return this.jwt.sign(claims, { secret: this.keys.current(kind) as never, algorithm: 'HS256' });
  }
}

function seconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}
