import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let servers: [TestServer, TestServer];
let person: Person;

function start(): Promise<TestServer> {
  return startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
}

beforeAll(async () => {
  database = await createDatabase();
  servers = await Promise.all([start(), start()]);
  person = await newPerson(servers[0].url);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

function eventsOf(type: string, key: MintedKey): Promise<{ data: Record<string, unknown> }[]> {
  return database.query('select data from outbox_events where type = $1 and data->>$2 = $3 order by sequence', [
    type,
    'key_id',
    key.id,
  ]);
}

async function setClock(epochMs: number): Promise<void> {
  await Promise.all(servers.map((server) => server.setClock(epochMs)));
}

/** Spends units on both processes at once; how many calls were let through. */
async function spend(key: MintedKey, count: number): Promise<number> {
  const statuses = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const client = new Client(servers[index % 2]?.url ?? '', { 'x-api-key': key.key });
      return (await client.get('/api/compression/stats')).status;
    }),
  );
  return statuses.filter((status) => status === 200).length;
}

describe('under two processes', () => {
  it('each threshold of a quota is told once a period, and again in the next one', async () => {
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    await setClock(hour + 60_000);
    const key = await newKey(person.client, { quota: { limit: 40, period: 'hour' } });
    const told = async (): Promise<unknown[]> =>
      (await eventsOf('quota.threshold', key)).map(({ data }) => data.threshold);
    expect(await spend(key, 15)).toBe(15);
    expect(await told()).toEqual([]);
    expect(await spend(key, 60)).toBe(25);
    expect(await told()).toEqual([50, 80, 100]);
    expect((await eventsOf('quota.threshold', key))[0]?.data).toEqual({
      key_id: key.id,
      threshold: 50,
      limit: 40,
      period: 'hour',
      resets_at: `${new Date(hour + 3_600_000).toISOString().slice(0, 19)}Z`,
    });
    await setClock(hour + 3_660_000);
    expect(await spend(key, 60)).toBe(40);
    expect(await told()).toEqual([50, 80, 100, 50, 80, 100]);
  });

  it('each notice of a coming expiry is given once: 30, 14, 7 and 1 days before it', async () => {
    const now = Date.now();
    await setClock(now);
    const expiresAt = new Date(now + 40 * DAY_MS).toISOString();
    const keys = await Promise.all(Array.from({ length: 20 }, () => newKey(person.client, { expires_at: expiresAt })));
    const notices = async (): Promise<number> =>
      (await Promise.all(keys.map((key) => eventsOf('api_key.expiring', key)))).flat().length;
    for (const [index, days] of [30, 14, 7, 1].entries()) {
      await setClock(now + (40 - days) * DAY_MS + 2_000);
      await eventually(async () => (await notices()) >= keys.length * (index + 1), 15_000);
    }
    // the next run of both, which must find nothing
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (const key of keys) {
      const days = (await eventsOf('api_key.expiring', key)).map(({ data }) => data.days_left);
      expect(days).toEqual([30, 14, 7, 1]);
    }
  }, 60_000);
});
