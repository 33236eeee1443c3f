import type { EntityManager } from '@mikro-orm/postgresql';
import { IS_STANDING } from './api-key.entity.js';

/** Of the keys that stand, those that open something at a moment; the values are that moment, twice. */
export const HAS_NOT_ENDED = '(revoke_at is null or revoke_at > ?) and (expires_at is null or expires_at > ?)';

/** As many owners are looked at one by one; where there are more, the newest keys soon show enough of theirs. */
const CANDIDATES_MAX = 1_000;

/** Who has many keys, ended ones too: an index alone tells it. */
const FIND_CANDIDATES = `
  select owner_id from api_keys group by owner_id having count(*) > ?::int limit ${CANDIDATES_MAX + 1}`;

/** Whether the owner of a row has more live keys than so many; the values are of {@link valuesOfCrowded}. */
export const IS_CROWDED = `?::int < (
  select count(*) from (select 1 from api_keys as live where live.owner_id = k.owner_id and ${IS_STANDING} and ${HAS_NOT_ENDED}
                         limit ?::int) as counted)`;

const FILTER_CROWDED = `
  select owner_id from (select value::uuid as owner_id from jsonb_array_elements_text(?::jsonb)) as k where ${IS_CROWDED}`;

/** The values of {@link IS_CROWDED}. */
export function valuesOfCrowded(most: number, now: Date): readonly unknown[] {
  return [most, now, now, most + 1];
}

/** All owners of more live keys than so many; null: there may be too many of them to be listed. */
export async function findCrowdedOwners(em: EntityManager, most: number, now: Date): Promise<string[] | null> {
  const rows = await em.execute<{ owner_id: string }[]>(FIND_CANDIDATES, [most]);
  if (rows.length > CANDIDATES_MAX) return null;
  const candidates = rows.map(({ owner_id: id }) => id);
  return [...(await crowdedAmong(em, candidates, most, now))];
}

/** Those of some owners who have more live keys than so many. */
export async function crowdedAmong(
  em: EntityManager,
  owners: readonly string[],
  most: number,
  now: Date,
): Promise<Set<string>> {
  const values = [JSON.stringify(owners), ...valuesOfCrowded(most, now)];
  const rows = await em.execute<{ owner_id: string }[]>(FILTER_CROWDED, values);
  return new Set(rows.map(({ owner_id: id }) => id));
}
