import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import type { Role } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import type { ApiKeyEnvironment } from '../../kernel/crypto/api-key-format.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CredentialLastUse } from '../../platform/metering/index.js';
import { lockUser } from '../users/index.js';
import { ApiKey } from './api-key.entity.js';
import { searchCondition } from './api-key-search.queries.js';
import type { ApiKeyStatus } from './api-key-status.js';

/** Which of an owner's keys a list shows. */
export interface ApiKeyFilter {
  readonly limit: number;
  /** Id of the last key of the page before. */
  readonly cursor?: string | undefined;
  readonly status?: ApiKeyStatus | undefined;
  readonly environment?: ApiKeyEnvironment | undefined;
  /** What `searchCondition` finds. */
  readonly q?: string | undefined;
}

const COUNT_LIVE = `
  select count(*)::int as live from api_keys
   where owner_id = ? and revoked_at is null and quarantined_at is null
     and (revoke_at is null or revoke_at > ?) and (expires_at is null or expires_at > ?)`;

/** An owner's key. @throws AppError REQ_005, the same for another owner's key and for none */
export async function getApiKey(em: EntityManager, ownerId: string, id: string): Promise<ApiKey> {
  const key = await em.findOne(ApiKey, { owner: ownerId, id });
  if (!key) throw new AppError('REQ_005', { detail: 'There is no such API key.' });
  return key;
}

/** An owner's keys, newest first, after the position of the cursor; one more than `limit`, to tell if there are more. */
export function listApiKeys(em: EntityManager, ownerId: string, filter: ApiKeyFilter, now: Date): Promise<ApiKey[]> {
  return findAnyKeys(em, { ...filter, ownerId }, now);
}

/** The same for all owners, or for one: for administrators. */
export async function findAnyKeys(
  em: EntityManager,
  filter: ApiKeyFilter & { readonly ownerId?: string | undefined },
  now: Date,
): Promise<ApiKey[]> {
  const conditions: FilterQuery<ApiKey>[] = filter.ownerId === undefined ? [] : [{ owner: filter.ownerId }];
  if (filter.cursor) conditions.push({ id: { $lt: filter.cursor } });
  if (filter.environment) conditions.push({ environment: filter.environment });
  if (filter.q)
    conditions.push(await searchCondition(em, filter.q, filter.ownerId === undefined ? 'everybody' : 'owner'));
  if (filter.status) conditions.push(hasStatus(filter.status, now));
  return em.find(ApiKey, { $and: conditions }, { orderBy: { id: 'desc' }, limit: filter.limit + 1 });
}

/** The last use of each of these keys that has been used. */
export async function lastUsesOf(em: EntityManager, ids: readonly string[]): Promise<Map<string, CredentialLastUse>> {
  const uses = await em.find(CredentialLastUse, { credentialId: { $in: [...ids] } });
  return new Map(uses.map((use) => [use.credentialId, use]));
}

/**
 * Lets one transaction at a time change the keys of an owner, until it commits: who mints while another revokes sees
 * the revocation, and two changes never wait for each other in a circle. @returns the owner's role as it is now
 * @throws AppError AUTH_004 (a key), AUTH_002 (a token) if the account was disabled meanwhile
 */
export async function lockOwner(em: EntityManager, caller: Principal): Promise<Role> {
  const role = await lockUser(em, caller.userId);
  if (role === null) throw new AppError(caller.kind === 'api_key' ? 'AUTH_004' : 'AUTH_002');
  return role;
}

/** How many keys of an owner open something at a moment. */
export async function countLiveKeys(em: EntityManager, ownerId: string, nowMs: number): Promise<number> {
  const now = new Date(nowMs);
  const [counted] = await em.execute<{ live: number }[]>(COUNT_LIVE, [ownerId, now, now]);
  return counted?.live ?? 0;
}

/** The same as `statusOf`, as conditions. */
function hasStatus(status: ApiKeyStatus, now: Date): FilterQuery<ApiKey> {
  const isRevoked: FilterQuery<ApiKey> = { $or: [{ revokedAt: { $ne: null } }, { revokeAt: { $lte: now } }] };
  if (status === 'revoked') return isRevoked;
  const stands: FilterQuery<ApiKey>[] = [
    { revokedAt: null },
    { $or: [{ revokeAt: null }, { revokeAt: { $gt: now } }] },
  ];
  if (status === 'quarantined') return { $and: [...stands, { quarantinedAt: { $ne: null } }] };
  stands.push({ quarantinedAt: null });
  if (status === 'expired') return { $and: [...stands, { expiresAt: { $lte: now } }] };
  stands.push({ $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] });
  const ways: Record<'active' | 'rotating' | 'scheduled', FilterQuery<ApiKey>> = {
    active: { revokeAt: null },
    rotating: { revokeAt: { $ne: null }, successorId: { $ne: null } },
    scheduled: { revokeAt: { $ne: null }, successorId: null },
  };
  return { $and: [...stands, ways[status]] };
}
