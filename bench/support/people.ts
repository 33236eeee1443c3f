import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BenchDatabase, BenchServer } from './bench-world.ts';

const DIST = join(import.meta.dirname, '../../dist');

/** Somebody with a session and a key. */
export interface BenchPerson {
  readonly id: string;
  readonly token: string;
  readonly key: string;
}

/** Registers somebody at a server and mints a key. */
export async function newBenchPerson(server: BenchServer): Promise<BenchPerson> {
  const { access_token: token, user } = await post<{ access_token: string; user: { id: string } }>(
    server,
    '/api/auth/register',
    {
      email: `bench-${randomBytes(6).toString('hex')}@example.com`,
      password: randomBytes(12).toString('hex'),
      name: 'B',
    },
  );
  const { key } = await mintKey(server, token);
  return { id: user.id, token, key };
}

/** Mints a key with a session. */
export async function mintKey(
  server: BenchServer,
  token: string,
  fields: object = {},
): Promise<{ id: string; key: string; api_secret: string }> {
  return post(server, '/api/keys', { name: 'bench', ...fields }, { authorization: `Bearer ${token}` });
}

/** The status of a GET. */
export async function statusOf(
  server: Pick<BenchServer, 'url'>,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  const response = await fetch(`${server.url}${path}`, { headers });
  await response.arrayBuffer();
  return response.status;
}

/** Adds rows that nobody presents, by SQL alone: what a table of this size costs. */
export async function insertIdleKeys(database: BenchDatabase, ownerId: string, count: number): Promise<void> {
  await database.query(
    `${INSERT_KEYS} select gen_random_uuid(), $1::uuid, 'idle', 'prod', sha256(convert_to('idle ' || n, 'UTF8')),
       'kapi_prod_…idle', 'none', '{*}', gen_random_uuid(), now() from generate_series(1, $2::int) as n`,
    [ownerId, count],
  );
  await database.query('vacuum analyze api_keys');
}

/** Adds keys that can be presented. @returns them */
export async function insertKeys(database: BenchDatabase, ownerId: string, count: number): Promise<string[]> {
  const { generateApiKey } = (await import(
    join(DIST, 'kernel/crypto/api-key-format.js')
  )) as typeof import('../../src/kernel/crypto/api-key-format.ts');
  const keys = Array.from({ length: count }, () => generateApiKey('prod'));
  await database.query(
    `${INSERT_KEYS} select gen_random_uuid(), $1::uuid, 'bench', 'prod', sha256(convert_to(key, 'UTF8')),
       'kapi_prod_…true', 'none', '{*}', gen_random_uuid(), now() from unnest($2::text[]) as key`,
    [ownerId, keys],
  );
  return keys;
}

/** The moment in the ids of `insertNamedKeys`, in epoch milliseconds. */
export const FIRST_KEY_MS = 1_700_000_000_000;

/** Something to search for among the keys of `insertNamedKeys`. */
export interface KeySample {
  readonly keyId: string;
  readonly hintEnd: string;
  readonly email: string;
  /** Part of the names of some keys, old and new. */
  readonly rarePart: string;
}

/**
 * Adds a population of keys, twenty an owner, with names of three words. All are in order under a policy that demands
 * a list of addresses, named permissions and a life of at most 30 days, but for one in `rarity` for each of these.
 */
export async function insertNamedKeys(database: BenchDatabase, count: number, rarity: number): Promise<KeySample> {
  const owners = Math.ceil(count / 20);
  const indexes = await database.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
      where tablename = 'api_keys' and indexname not in ('api_keys_pkey', 'api_keys_digest_unique')`,
  );
  // ten million rows are not checked and indexed one by one; what the triggers would have done is done below
  await database.query(
    [
      'set session_replication_role = replica',
      ...indexes.map(({ name }) => `drop index "${name}"`),
      insertOwners(owners),
      insertNamed(count, owners, rarity),
      ...indexes.map(({ definition }) => definition),
      `update users set keys_minted = made.count
         from (select owner_id, count(*)::int as count from api_keys group by owner_id) as made where made.owner_id = users.id`,
    ].join(';\n'),
  );
  await database.query('vacuum analyze api_keys');
  await database.query('vacuum analyze users');
  const [sample] = await database.query<{ id: string; hint: string; name: string; email: string }>(
    'select k.id, k.hint, k.name, u.email from api_keys k join users u on u.id = k.owner_id where k.name like $1 order by k.id limit 1',
    ['% % %'],
  );
  if (!sample) throw new Error('no key was inserted');
  const { id: keyId, hint, name, email } = sample;
  return { keyId, hintEnd: hint.slice(-4), email, rarePart: name.slice(-6) };
}

function insertOwners(count: number): string {
  return `insert into users (id, email, email_key, name, password_hash, created_at)
    select ${OWNER_ID}, 'owner-' || n || '@example.com', 'owner-' || n || '@example.com', 'Owner', 'none', now()
      from generate_series(1, ${count}::bigint) as n`;
}

function insertNamed(count: number, owners: number, rarity: number): string {
  return `insert into api_keys (id, name, environment, digest, hint, api_secret_sealed, permissions, allowed_ips,
                                quota_counter_id, expires_at, created_at, owner_id)
    select (lpad(to_hex(${FIRST_KEY_MS} + k * 5), 12, '0') || '70008000' || lpad(to_hex(k), 12, '0'))::uuid,
           (array['payments','orders','billing','search','reports','mobile','partner','warehouse'])[1 + k % 8] || ' ' ||
           (array['production','staging','worker','gateway','importer'])[1 + (k / 8) % 5] || ' ' || left(md5(k::text), 8),
           case k % 20 when 1 then 'test' when 2 then 'dev' else 'prod' end,
           sha256(convert_to('named ' || k, 'UTF8')), 'kapi_prod_…' || left(md5('hint ' || k), 4), 'none',
           case when k % ${rarity} = 17 then array['*'] else array['read:compression'] end,
           case when k % ${rarity} = 27 then null else array['10.0.0.0/8'] end,
           gen_random_uuid(), case when k % ${rarity} = 37 then null else now() + interval '20 days' end, now(), ${OWNER_ID}
      from (select k, 1 + (k * 7919) % ${owners} as n from generate_series(1, ${count}::bigint) as k) as numbered`;
}

/** A UUID of the row's number `n`. */
const OWNER_ID = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";

const INSERT_KEYS = `insert into api_keys
  (id, owner_id, name, environment, digest, hint, api_secret_sealed, permissions, quota_counter_id,
   created_at)`;

async function post<Body>(
  server: BenchServer,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Body> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}
