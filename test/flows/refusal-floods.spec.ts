import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { expectStatus, newKey, newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let server: TestServer;
let person: Person;
let stranger: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  person = await newPerson(server.url);
  stranger = await newPerson(server.url);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

interface Row {
  readonly type: string;
  readonly count: number | null;
}

/** What is on record of a credential's refusals, in their order. */
function rowsOf(actorId: string): Promise<Row[]> {
  return database.query<Row>(
    `select type, (data->>'count')::int as count from audit.events
      where actor_id = $1 and type ~ '^(access|compression)\\.' order by id`,
    [actorId],
  );
}

async function times(count: number, ask: () => Promise<Answer>, status: number): Promise<void> {
  for (let left = count; left > 0; left -= 50) {
    const answers = await Promise.all(Array.from({ length: Math.min(left, 50) }, ask));
    for (const answer of answers) expectStatus(answer, status);
  }
}

async function afterTheMinute(actorId: string, rows: number): Promise<Row[]> {
  await server.advanceClock(MINUTE_MS + 1);
  return eventually(async () => {
    const found = await rowsOf(actorId);
    return found.length >= rows && found;
  });
}

describe('a flood of refusals', () => {
  it('is a hundred rows and one with the number of all, minute by minute', async () => {
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const client = person.client.with({ apiKey: key.key });
    await times(250, () => client.post('/api/keys', {}), 403);
    expect(await rowsOf(key.id)).toHaveLength(100);
    const rows = await afterTheMinute(key.id, 101);
    expect(rows.at(-1)).toEqual({ type: 'access.denied_flood', count: 250 });
    expect(rows).toHaveLength(101);
    // the next minute begins anew
    await times(3, () => client.post('/api/keys', {}), 403);
    expect(await rowsOf(key.id)).toHaveLength(104);
  });

  it('does not hide the refusals of another credential, nor those with another code', async () => {
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const other = await newKey(person.client, { permissions: ['read:keys'] });
    const client = person.client.with({ apiKey: key.key });
    await times(120, () => client.post('/api/keys', {}), 403);
    await times(1, () => person.client.with({ apiKey: other.key }).post('/api/keys', {}), 403);
    expect(await rowsOf(other.id)).toEqual([{ type: 'access.denied', count: null }]);
    await times(1, () => client.get('/api/keys', { headers: { 'x-signature': 'x' } }), 401);
    expect(await rowsOf(key.id)).toHaveLength(101);
  });

  it('is summed up when the process stops', async () => {
    const own = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const client = person.client.at(own.url).with({ apiKey: key.key });
    await times(130, () => client.post('/api/keys', {}), 403);
    await own.stop();
    expect((await rowsOf(key.id)).at(-1)).toEqual({ type: 'access.denied_flood', count: 130 });
  });
});

describe('walking ids', () => {
  async function walk(client: Client, count: number): Promise<void> {
    const { id: foreign } = await newKey(stranger.client);
    await times(1, () => client.get(`/api/keys/${foreign}`), 404);
    await times(count - 1, () => client.get(`/api/keys/${randomUUID()}`), 404);
  }

  it('is on record at the twentieth id of a minute, whatever the credential, and once more with the number', async () => {
    const { client } = await newPerson(server.url);
    const [session] = await database.query<{ id: string }>('select id from sessions order by id desc limit 1');
    const actor = session?.id ?? '';
    await walk(client, 19);
    expect(await rowsOf(actor)).toEqual([]);
    await walk(client, 1);
    expect(await rowsOf(actor)).toEqual([{ type: 'access.not_found_burst', count: 20 }]);
    await walk(client, 30);
    expect(await rowsOf(actor)).toHaveLength(1);
    expect(await afterTheMinute(actor, 2)).toEqual([
      { type: 'access.not_found_burst', count: 20 },
      { type: 'access.not_found_burst', count: 50 },
    ]);
  });

  it('is told the owner of a key as an anomaly, and mistyped paths are not', async () => {
    const [walker, quiet] = [await newKey(person.client), await newKey(person.client)];
    const anomaliesOf = async (id: string) =>
      (await person.client.get<{ data: { kind: string }[] }>(`/api/analytics/anomalies?key_id=${id}`)).body.data;
    const lost = person.client.with({ apiKey: quiet.key });
    await times(30, () => lost.get('/api/nowhere', { isDocumented: false }), 404);
    await walk(person.client.with({ apiKey: walker.key }), 20);
    const found = await eventually(async () => {
      const anomalies = await anomaliesOf(walker.id);
      return anomalies.length > 0 && anomalies;
    }, 20_000);
    expect(found).toMatchObject([{ kind: 'not_found_burst', details: { requests: 20 } }]);
    expect(await anomaliesOf(quiet.id)).toEqual([]);
    expect(await rowsOf(quiet.id)).toEqual([]);
  });
});

describe('a bomb', () => {
  it('leaves a trace at the fifth: a row, and an anomaly of the key', async () => {
    const key = await newKey(person.client);
    const client = person.client.with({ apiKey: key.key });
    const data = gzipSync(Buffer.alloc(200 * 1024 * 1024)).toString('base64');
    const explode = () => client.post('/api/compression/decompress', { data, algorithm: 'gzip' });
    for (let sent = 0; sent < 4; sent += 1) expectStatus(await explode(), 413);
    expect(await rowsOf(key.id)).toEqual([]);
    expectStatus(await explode(), 413);
    expect(await rowsOf(key.id)).toEqual([{ type: 'compression.bomb_burst', count: 5 }]);
    await eventually(async () => {
      const { body } = await person.client.get<{ data: unknown[] }>(
        `/api/analytics/anomalies?key_id=${key.id}&kind=bomb_burst`,
      );
      return body.data.length === 1;
    }, 20_000);
  });
});
