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
