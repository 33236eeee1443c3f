import { Inject, Injectable } from '@nestjs/common';
import type { Grant, Role } from '../../kernel/access/permission.js';
import type { QuotaPeriod } from '../../kernel/access/quota.js';
import type { SignatureScheme } from '../../kernel/access/signature-policy.js';
import type { Clock } from '../../kernel/clock.js';
import { hasValidApiKeyFormat } from '../../kernel/crypto/api-key-format.js';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { CLOCK } from '../../platform/clock/index.js';
import { BatchedLookup, Database } from '../../platform/database/index.js';
import { type ApiKeyStatus, statusOf } from './api-key-status.js';
import type { KeyTerms } from './key-terms.js';

/** A key as its use needs it, at the moment it was looked up. */
export interface StoredKey {
  readonly id: string;
  readonly ownerId: string;
  readonly ownerRole: Role;
  readonly isOwnerDisabled: boolean;
  readonly status: ApiKeyStatus;
  readonly terms: KeyTerms;
  readonly quotaCounterId: string;
  readonly revokeAt: Date | null;
}

/** Prepared once a connection: the one query of requests with keys that are not in the cache. */
const FIND_KEYS = {
  name: 'find-api-keys',
  text: `select encode(k.digest, 'hex') as digest, k.id, k.owner_id, k.permissions, k.allowed_ips, k.denied_ips,
                k.require_signature, k.min_signature, k.quota_limit, k.quota_period, k.quota_counter_id,
                k.expires_at, k.revoke_at, k.revoked_at, k.quarantined_at, k.successor_id, u.role, u.disabled_at
           from api_keys k join users u on u.id = k.owner_id
          where k.digest = any($1::bytea[])`,
};

type Moment = Date | string | null;

interface KeyRow {
  /** SHA-256 of the key, in hex. */
  digest: string;
  id: string;
  owner_id: string;
  permissions: Grant[];
  allowed_ips: string[] | null;
  denied_ips: string[] | null;
  require_signature: boolean;
  min_signature: SignatureScheme | null;
  quota_limit: number | null;
  quota_period: QuotaPeriod | null;
  quota_counter_id: string;
  expires_at: Moment;
  revoke_at: Moment;
  revoked_at: Moment;
  quarantined_at: Moment;
  successor_id: string | null;
  role: Role;
  disabled_at: Moment;
}

/** Looks keys up by what their holders send. */
@Injectable()
export class StoredKeys {
  private readonly rows: BatchedLookup<KeyRow>;

  constructor(
    database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.rows = new BatchedLookup(
      async (digests) => {
        const bytes = digests.map((digest) => Buffer.from(digest, 'hex'));
        return (await database.query<KeyRow>(FIND_KEYS, [bytes])).rows;
      },
      ({ digest }) => digest,
    );
  }

  /** The stored key, whatever has become of it; null if there is none. A malformed one costs no database read. */
  async find(keyPlaintext: string): Promise<StoredKey | null> {
    if (!hasValidApiKeyFormat(keyPlaintext)) return null;
    const row = await this.rows.find(sha256Hex(keyPlaintext));
    return row && storedKeyOf(row, this.clock.now());
  }
}

function storedKeyOf(row: KeyRow, nowMs: number): StoredKey {
  const expiresAt = momentOf(row.expires_at);
  const revokeAt = momentOf(row.revoke_at);
  return {
    id: row.id,
    ownerId: row.owner_id,
    ownerRole: row.role,
    isOwnerDisabled: row.disabled_at !== null,
    status: statusOf(
      {
        expiresAt,
        revokeAt,
        revokedAt: momentOf(row.revoked_at),
        quarantinedAt: momentOf(row.quarantined_at),
        successorId: row.successor_id,
      },
      nowMs,
    ),
    terms: {
      permissions: row.permissions,
      allowedIps: row.allowed_ips,
      deniedIps: row.denied_ips,
      expiresAt,
      quota: row.quota_limit && row.quota_period ? { limit: row.quota_limit, period: row.quota_period } : null,
      requireSignature: row.require_signature,
      minSignature: row.min_signature,
    },
    quotaCounterId: row.quota_counter_id,
    revokeAt,
  };
}

function momentOf(value: Moment): Date | null {
  return value === null ? null : new Date(value);
}
