import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { type Grant, PermissionSet, type Role } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { hasValidApiKeyFormat } from '../../kernel/crypto/api-key-format.js';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import {
  type Credential,
  CredentialStrategies,
  type CredentialStrategy,
  type VerifiedCredential,
} from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { BatchedLookup, Database } from '../../platform/database/index.js';

const PASSPORT_NAME = 'api-key';

/** Prepared once a connection: the one query of requests with keys that are not in the cache. */
const FIND_LIVE_KEYS = {
  name: 'find-live-api-keys',
  text: `select encode(k.digest, 'hex') as digest, k.id, k.owner_id, k.permissions, k.allowed_ips, k.denied_ips,
                k.expires_at, u.role
           from api_keys k join users u on u.id = k.owner_id
          where k.digest = any($1::bytea[]) and k.revoked_at is null and u.disabled_at is null`,
};

interface LiveKeyRow {
  /** SHA-256 of the key, in hex. */
  digest: string;
  id: string;
  owner_id: string;
  permissions: Grant[];
  allowed_ips: string[] | null;
  denied_ips: string[] | null;
  expires_at: Date | string | null;
  role: Role;
}

/** Verifies API keys. */
@Injectable()
export class ApiKeyStrategy
  extends PassportStrategy(HeaderAPIKeyStrategy, PASSPORT_NAME)
  implements CredentialStrategy
{
  readonly passportName = PASSPORT_NAME;
  private readonly liveKeys: BatchedLookup<LiveKeyRow>;

  constructor(
    strategies: CredentialStrategies,
    database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super({ header: 'X-API-Key', prefix: '' }, false);
    this.liveKeys = new BatchedLookup(
      async (digests) => {
        const bytes = digests.map((digest) => Buffer.from(digest, 'hex'));
        return (await database.query<LiveKeyRow>(FIND_LIVE_KEYS, [bytes])).rows;
      },
      ({ digest }) => digest,
    );
    strategies.register(this);
  }

  /** A typo or a guess has a wrong checksum and is turned away here, without a database read. */
  accepts(credential: Credential): boolean {
    return credential.scheme === 'api_key' && hasValidApiKeyFormat(credential.value);
  }

  /** The caller behind a well-formed key. @throws AppError AUTH_004, the same whatever is wrong with the key */
  async validate(key: string): Promise<VerifiedCredential> {
    const row = await this.liveKeys.find(sha256Hex(key));
    const expiresAt = row?.expires_at ? new Date(row.expires_at).getTime() : null;
    if (!row || (expiresAt !== null && expiresAt <= this.clock.now())) throw new AppError('AUTH_004');
    const principal = Object.freeze({
      kind: 'api_key',
      method: 'api_key',
      userId: row.owner_id,
      role: row.role,
      credentialId: row.id,
      grants: row.permissions,
      // a key never outlives the rights of its owner: a demoted administrator's key is demoted with him
      permissions: PermissionSet.ofGrants(row.permissions).intersect(PermissionSet.ofRole(row.role)),
      networks: NetworkPolicy.of({ allowed: row.allowed_ips, denied: row.denied_ips }),
      expiresAt,
      credentialExpiresAt: expiresAt,
    } satisfies Principal);
    return {
      principal,
      dependsOn: [
        { kind: 'key', id: row.id },
        { kind: 'owner', id: row.owner_id },
      ],
    };
  }
}
