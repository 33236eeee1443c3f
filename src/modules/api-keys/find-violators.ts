import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import type { Policy } from '../../platform/access/index.js';
import { WILDCARDS } from '../../kernel/access/permission.js';
import { ApiKey } from './api-key.entity.js';

/** Keys that open something at a moment. */
const LIVE = `revoked_at is null and quarantined_at is null
  and (revoke_at is null or revoke_at > ?) and (expires_at is null or expires_at > ?)`;

/** The conditions of `policyFaults` in SQL, so that a page costs a page and not all keys. */
const FIND = `
  select id from api_keys
   where ${LIVE} and (?::uuid is null or id < ?::uuid) and (
     (?::int is not null and (expires_at is null or expires_at - created_at > make_interval(days => ?::int)))
     or (?::boolean and environment = 'prod' and allowed_ips is null)
     or (?::boolean and permissions && array(select jsonb_array_elements_text(?::jsonb)))
     or owner_id in (select value::uuid from jsonb_array_elements_text(?::jsonb)))
   order by id desc limit ?`;

const FIND_OWNERS = `select owner_id from api_keys where ${LIVE} group by owner_id having count(*) > ?`;

interface Violators {
  readonly keys: readonly ApiKey[];
  readonly ownersWithTooMany: ReadonlySet<string>;
}

/** The live keys that a policy does not allow, newest first; one more than the limit. */
export async function findViolators(
  em: EntityManager,
  policy: Policy,
  page: { readonly limit: number; readonly cursor?: string | undefined },
  now: Date,
): Promise<Violators> {
  const owners = await ownersWithTooMany(em, policy.keysPerUserMax, now);
  const { keyLifeDaysMax: days, prodKeysNeedIpList, forbidWildcards } = policy;
  const cursor = page.cursor ?? null;
  const rows = await em.execute<{ id: string }[]>(FIND, [
    now,
    now,
    cursor,
    cursor,
    days,
    days,
    prodKeysNeedIpList,
    forbidWildcards,
    JSON.stringify(WILDCARDS),
    JSON.stringify([...owners]),
    page.limit + 1,
  ]);
  const where: FilterQuery<ApiKey> = { id: { $in: rows.map(({ id }) => id) } };
  return { keys: await em.find(ApiKey, where, { orderBy: { id: 'desc' } }), ownersWithTooMany: owners };
}

async function ownersWithTooMany(em: EntityManager, most: number | null, now: Date): Promise<Set<string>> {
  if (most === null) return new Set();
  const rows = await em.execute<{ owner_id: string }[]>(FIND_OWNERS, [now, now, most]);
  return new Set(rows.map(({ owner_id: id }) => id));
}
