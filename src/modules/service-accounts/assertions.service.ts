import { createPublicKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Grant, type Permission, PermissionSet, type Role } from '../../kernel/access/permission.js';
import type { Clock } from '../../kernel/clock.js';
import { sha256 } from '../../kernel/crypto/digest.js';
import { type CompactJws, parseCompactJws } from '../../kernel/jose/parse-compact-jws.js';
import type { SignatureAlgorithm } from '../../kernel/jose/verification-key.js';
import { verifyJws } from '../../kernel/jose/verify-jws.js';
import { isFault } from '../../kernel/signing/fault.js';
import { NonceStore } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { AssertionFault } from './assertion-fault.js';
import { type AssertionClaims, checkAssertionClaims } from './check-assertion-claims.js';

/** How often a key's `last_used_at` is written: not for each of a burst of grants. */
const LAST_USED_STEP_MS = 60_000;
/** A spent assertion is remembered for longer than it lives, because the clocks of two servers may differ. */
const SPENT_MARGIN_MS = 60_000;

const FIND_LIVE_KEYS = {
  name: 'find-live-service-account-keys',
  text: `select k.id, k.algorithm, k.public_key, k.thumbprint, k.expires_at, k.last_used_at,
                a.permissions, a.expires_at as account_expires_at, u.role
           from service_account_keys k
           join service_accounts a on a.id = k.account_id
           join users u on u.id = a.owner_id
          where k.account_id = $1 and k.revoked_at is null and k.expires_at > $2
            and a.deleted_at is null and a.disabled_at is null and (a.expires_at is null or a.expires_at > $2)
            and u.disabled_at is null
          order by k.id`,
};

const STAMP_KEY = {
  name: 'stamp-service-account-key',
  text: 'update service_account_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $3)',
};

interface LiveKeyRow {
  id: string;
  algorithm: SignatureAlgorithm;
  public_key: Buffer;
  thumbprint: string;
  expires_at: Date | string;
  last_used_at: Date | string | null;
  permissions: Grant[];
  account_expires_at: Date | string | null;
  role: Role;
}

/** Who has proved by an assertion to be a service account, and what it may do. */
export interface AuthenticatedAccount {
  readonly accountId: string;
  readonly keyId: string;
  readonly permissions: readonly Permission[];
  /** What the assertion itself asks for. */
  readonly scope: string | undefined;
  /** Epoch milliseconds at which the key pair or the account ends. */
  readonly notAfterMs: number;
}

/** Authenticates service accounts by the JWTs that they sign (RFC 7523 §2.1). */
@Injectable()
export class AssertionsService {
  constructor(
    private readonly database: Database,
    private readonly nonces: NonceStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The account that has signed; each assertion is good for one use. @throws AssertionFault */
  async authenticate(assertion: string, audiences: readonly string[]): Promise<AuthenticatedAccount> {
    const nowMs = this.clock.now();
    const jws = parseCompactJws(assertion);
    if (isFault(jws)) throw new AssertionFault(`The assertion ${jws.fault}.`);
    const claims = checkAssertionClaims(jws, { nowSeconds: Math.floor(nowMs / 1000), audiences });
    const key = await this.findSigner(jws, claims.accountId, nowMs);
    // the same answer for an unknown account, an ended key and a wrong signature
    if (!key) throw new AssertionFault('The assertion is not signed by a live key of a service account.');
    await this.spend(jws, claims);
    await this.stamp(key, nowMs);
    return {
      accountId: claims.accountId,
      keyId: key.id,
      permissions: PermissionSet.ofGrants(key.permissions).intersect(PermissionSet.ofRole(key.role)).names(),
      scope: claims.scope,
      notAfterMs: Math.min(
        epochMs(key.expires_at),
        key.account_expires_at ? epochMs(key.account_expires_at) : Infinity,
      ),
    };
  }

  /** The key that `kid` names, by id or thumbprint, or else any live one, if it has signed. */
  private async findSigner(jws: CompactJws, accountId: string, nowMs: number): Promise<LiveKeyRow | undefined> {
    const { kid } = jws.header;
    const { rows } = await this.database.query<LiveKeyRow>(FIND_LIVE_KEYS, [accountId, new Date(nowMs)]);
    return rows
      .filter(({ id, thumbprint }) => kid === undefined || kid === id || kid === thumbprint)
      .find(({ algorithm, public_key: der }) => {
        // told apart before the key is imported; the check holds them together once more
        if (jws.header.alg !== algorithm) return false;
        return verifyJws(jws, { algorithm, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) });
      });
  }

  /**
   * Spends the assertion: by its `jti`, else by what is signed. Not by the whole of it, because an ECDSA signature has
   * a second form that verifies as well, which would make a second assertion of it.
   */
  private async spend(jws: CompactJws, { accountId, exp, jti }: AssertionClaims): Promise<void> {
    const id = jti === undefined ? `sha256:${jws.signingInput}` : `jti:${jti}`;
    const isFirst = await this.nonces.spend(accountId, sha256(id).toString('base64url'), exp * 1000 + SPENT_MARGIN_MS);
    if (!isFirst) throw new AssertionFault('The assertion has been used before.');
  }

  private async stamp(key: LiveKeyRow, nowMs: number): Promise<void> {
    const limitMs = nowMs - LAST_USED_STEP_MS;
    if (key.last_used_at && epochMs(key.last_used_at) >= limitMs) return;
    await this.database.query(STAMP_KEY, [key.id, new Date(nowMs), new Date(limitMs)]);
  }
}

function epochMs(time: Date | string): number {
  return new Date(time).getTime();
}
