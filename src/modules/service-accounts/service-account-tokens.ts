import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Permission } from '../../kernel/access/permission.js';
import type { Clock } from '../../kernel/clock.js';
import { deriveKey } from '../../kernel/crypto/derive-key.js';
import { newId } from '../../kernel/ids.js';
import { isHs256Of, signHs256 } from '../../kernel/jose/hs256.js';
import { CLOCK } from '../../platform/clock/index.js';
import { CONFIG, type Config, SECRETS, type Secrets } from '../../platform/config/index.js';

/** Life of an access token of a service account. */
export const SERVICE_ACCOUNT_TOKEN_TTL_SECONDS = 3_600;

/** The header of these tokens (RFC 9068 §2.1); session tokens have another, so that neither can pass for the other. */
export const SERVICE_ACCOUNT_TOKEN_HEADER = Buffer.from('{"alg":"HS256","typ":"at+jwt"}').toString('base64url');

/** The audience of these tokens. */
export const SERVICE_ACCOUNT_AUDIENCE = 'kindly:service_account';

/** The claims of an access token of a service account. */
export interface ServiceAccountClaims {
  readonly sub: string;
  /** The key pair that it was granted to. */
  readonly key_id: string;
  /** Permissions, separated by spaces (RFC 9068 §2.2.3). */
  readonly scope: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly iss: string;
  readonly aud: string;
  readonly token_use: 'service_account';
}

/** To whom a token is granted, and what for. */
export interface TokenGrant {
  readonly accountId: string;
  readonly keyId: string;
  readonly permissions: readonly Permission[];
  /** Epoch milliseconds beyond which it must not be valid; null: its own life is the only limit. */
  readonly notAfterMs: number | null;
}

/** Signs the access tokens of service accounts and finds the key of one; the keys are of this kind alone. */
@Injectable()
export class ServiceAccountTokens {
  private readonly keys: readonly [KeyObject, ...KeyObject[]];

  constructor(
    @Inject(SECRETS) secrets: Secrets,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const [current, ...earlier] = secrets.jwtSecrets.map((secret) => deriveKey(secret, 'jwt/service_account'));
    if (!current) throw new Error('there is no JWT secret');
    this.keys = [current, ...earlier];
  }

  /** A new access token and its life in seconds. */
  issue(grant: TokenGrant): { token: string; expiresIn: number } {
    const nowMs = this.clock.now();
    const iat = Math.floor(nowMs / 1000);
    const end = grant.notAfterMs === null ? Infinity : Math.floor(grant.notAfterMs / 1000);
    const exp = Math.min(iat + SERVICE_ACCOUNT_TOKEN_TTL_SECONDS, end);
    const claims: ServiceAccountClaims = {
      sub: grant.accountId,
      key_id: grant.keyId,
      scope: grant.permissions.join(' '),
      iat,
      exp,
      jti: newId(nowMs),
      iss: this.config.publicUrl,
      aud: SERVICE_ACCOUNT_AUDIENCE,
      token_use: 'service_account',
    };
    return { token: signHs256(SERVICE_ACCOUNT_TOKEN_HEADER, claims, this.keys[0]), expiresIn: exp - iat };
  }

  /** The key under which this token is signed, of all that are live; the newest if it is none of them. */
  keyOf(token: string): KeyObject {
    return this.keys.find((key) => isHs256Of(token, key)) ?? this.keys[0];
  }
}
