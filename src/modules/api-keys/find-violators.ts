import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import type { Policy } from '../../platform/access/index.js';
import {
  crowdedAmong,
  findCrowdedOwners,
  HAS_NOT_ENDED,
  IS_CROWDED,
  valuesOfCrowded,
} from './crowded-owners.queries.js';
import { ApiKey, HAS_WILDCARD, IS_OPEN_PROD, IS_STANDING, KEY_LIFE } from './api-key.entity.js';

/** As many keys with too long a life are sorted; where there are more, the newest keys soon show enough of them. */
const SORTED_MAX = 10_000;
const LIVES_TOO_LONG = `${IS_STANDING} and ${KEY_LIFE} > make_interval(days => ?::int)`;
const LONGEST_LIVES = `select id, revoke_at, expires_at from api_keys
  where ${LIVES_TOO_LONG} order by ${KEY_LIFE} desc limit ${SORTED_MAX + 1}`;

/** After every id. */
const END_OF_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface Violators {
  readonly keys: readonly ApiKey[];
  readonly ownersWithTooMany: ReadonlySet<string>;
}

interface PageOfKeys {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The keys that break one rule: a table expression and a condition, with the values of both. */
interface Rule {
  readonly from: string;
  readonly condition: string;
  readonly values: readonly unknown[];
}

/** The live keys that a policy does not allow, newest first; one more than the limit. */
export async function findViolators(
  em: EntityManager,
  policy: Policy,
  page: PageOfKeys,
  now: Date,
): Promise<Violators> {
  const { keysPerUserMax: most } = policy;
  const ids = await newestOf(em, await rulesOf(em, policy, now), page, now);
  const where: FilterQuery<ApiKey> = { id: { $in: ids } };
  const keys = await em.find(ApiKey, where, { orderBy: { id: 'desc' } });
  const owners = [...new Set(keys.map(({ owner }) => owner.id))];
  return { keys, ownersWithTooMany: most === null ? new Set() : await crowdedAmong(em, owners, most, now) };
}

/** The conditions of `policyFaults` in SQL, each of which an index answers. */
async function rulesOf(em: EntityManager, policy: Policy, now: Date): Promise<Rule[]> {
  const rules: Rule[] = [];
  if (policy.prodKeysNeedIpList) rules.push(ofKeys(`${IS_STANDING} and ${IS_OPEN_PROD}`));
  if (policy.forbidWildcards) rules.push(ofKeys(`${IS_STANDING} and ${HAS_WILDCARD}`));
  if (policy.keyLifeDaysMax !== null) rules.push(await lifeRule(em, policy.keyLifeDaysMax));
  if (policy.keysPerUserMax !== null) rules.push(...(await crowdRules(em, policy.keysPerUserMax, now)));
  return rules;
}

function ofKeys(condition: string, values: readonly unknown[] = []): Rule {
  return { from: 'api_keys', condition, values };
}

async function lifeRule(em: EntityManager, days: number): Promise<Rule> {
  const [counted] = await em.execute<{ found: number }[]>(
    `select count(*)::int as found from (${LONGEST_LIVES}) as k`,
    [days],
  );
  if ((counted?.found ?? 0) > SORTED_MAX) return ofKeys(LIVES_TOO_LONG, [days]);
  return { from: `(${LONGEST_LIVES})`, condition: 'true', values: [days] };
}

async function crowdRules(em: EntityManager, most: number, now: Date): Promise<Rule[]> {
  const owners = await findCrowdedOwners(em, most, now);
  if (owners === null) return [ofKeys(`${IS_STANDING} and ${IS_CROWDED}`, valuesOfCrowded(most, now))];
  if (owners.length === 0) return [];
  const isTheirs = 'owner_id in (select value::uuid from jsonb_array_elements_text(?::jsonb))';
  return [ofKeys(`${IS_STANDING} and ${isTheirs}`, [JSON.stringify(owners)])];
}

/** Each rule gives its own newest keys, so that one which few keys break does not make the others slow. */
async function newestOf(em: EntityManager, rules: readonly Rule[], page: PageOfKeys, now: Date): Promise<string[]> {
  if (rules.length === 0) return [];
  const [cursor, count] = [page.cursor ?? END_OF_IDS, page.limit + 1];
  const parts = rules.map(
    ({ from, condition }) =>
      `(select id from ${from} as k where ${condition} and ${HAS_NOT_ENDED} and id < ? order by id desc limit ?)`,
  );
  const values = rules.flatMap((rule) => [...rule.values, now, now, cursor, count]);
  const sql = `select id from (${parts.join(' union ')}) as broken order by id desc limit ?`;
  const rows = await em.execute<{ id: string }[]>(sql, [...values, count]);
  return rows.map(({ id }) => id);
}
