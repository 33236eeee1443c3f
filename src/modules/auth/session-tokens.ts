import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { signHs256 } from '../../kernel/jose/hs256.js';
import { CLOCK } from '../../platform/clock/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { User } from '../users/index.js';
import type { Session } from './session.entity.js';
import { type SessionTokenKind, type TokenKey, TokenKeys } from './token-keys.js';

/** Life of an access token. */
export const ACCESS_TOKEN_TTL_SECONDS = 3_600;

/** The header of every session token, exactly as the guide prints it; anything else is not one of ours. */
export const SESSION_TOKEN_HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** The audience of a kind of token. */
export function audienceOf(kind: SessionTokenKind): string {
  return `kindly:${kind}`;
}

interface SessionTokenClaims {
  readonly sub: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly sid: string;
  readonly iss: string;
  readonly aud: string;
}

/** The claims of an access token. */
export interface AccessTokenClaims extends SessionTokenClaims {
  readonly email: string;
  readonly name: string;
  readonly token_use: 'access';
}

/** The claims of a refresh token. */
export interface RefreshTokenClaims extends SessionTokenClaims {
  readonly token_use: 'refresh';
}

/** What of a session and its user goes into access tokens. */
export type AccessFacts = {
  readonly session: Pick<Session, 'id' | 'expiresAt'>;
  readonly user: Pick<User, 'id' | 'email' | 'name'>;
};

/** What of a session goes into its refresh token. */
export type RefreshFacts = {
  readonly session: Pick<Session, 'id' | 'refreshJti' | 'refreshSecretId' | 'refreshIssuedAt' | 'refreshExpiresAt'>;
  readonly user: Pick<User, 'id'>;
};

/** Signs and reads the tokens of sessions. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly keys: TokenKeys,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Id of the JWT secret under which a new refresh token is to be signed. */
  get refreshSecretId(): string {
    return this.keys.current('refresh').secretId;
  }

  /** A new access token of a session, valid for an hour but not beyond the session. */
  accessToken({ session, user }: AccessFacts): string {
    const now = this.clock.now();
    const iat = seconds(now);
    return this.sign(this.keys.current('access'), {
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
    });
  }

  /** The refresh token of a session's stored claims; HS256 is deterministic, so it is the same on every process. */
  refreshToken({ session, user }: RefreshFacts): string {
    const key = this.keys.find('refresh', session.refreshSecretId);
    if (!key) throw secretNotHere();
    return this.sign(key, {
      sub: user.id,
      iat: seconds(session.refreshIssuedAt.getTime()),
      exp: seconds(session.refreshExpiresAt.getTime()),
      jti: session.refreshJti,
      sid: session.id,
      iss: this.config.publicUrl,
      aud: audienceOf('refresh'),
      token_use: 'refresh',
    });
  }

  /** The claims of a refresh token that is ours and has not expired. @throws AppError AUTH_003, AUTH_002 */
  readRefreshToken(token: string): RefreshTokenClaims {
    const claims = this.verify(token);
    if (claims?.token_use !== 'refresh') throw new AppError('AUTH_003', { detail: 'This is not a refresh token.' });
    if (claims.exp * 1000 <= this.clock.now()) {
      throw new AppError('AUTH_002', { detail: 'The refresh token has expired.' });
    }
    return claims;
  }

  /** Null for anything that we have not signed as a refresh token, whatever else may be wrong with it. */
  private verify(token: string): RefreshTokenClaims | null {
    // the one header we sign pins the algorithm before anything is parsed
    if (!token.startsWith(`${SESSION_TOKEN_HEADER}.`) || !this.keys.signerOf('refresh', token)) return null;
    const payload = token.slice(SESSION_TOKEN_HEADER.length + 1, token.lastIndexOf('.'));
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as RefreshTokenClaims;
    return claims.iss === this.config.publicUrl && claims.aud === audienceOf('refresh') ? claims : null;
  }

  private sign({ key }: TokenKey, claims: AccessTokenClaims | RefreshTokenClaims): string {
    return signHs256(SESSION_TOKEN_HEADER, claims, key);
  }
}

function seconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}

function secretNotHere(): AppError {
  return new AppError('SRV_002', {
    headers: { 'Retry-After': '2' },
    internal: 'the refresh token is signed with a JWT secret that this process does not have',
  });
}
