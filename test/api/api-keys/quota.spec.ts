import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';

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
  // away from the end of an hour, so that no window ends in the middle of a test
  await setClock(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 60_000);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

async function setClock(epochMs: number): Promise<void> {
  await Promise.all(servers.map((server) => server.setClock(epochMs)));
}

function limited(limit: number, period = 'hour', fields: Record<string, unknown> = {}): Promise<MintedKey> {
  return newKey(person.client, { quota: { limit, period }, ...fields });
}

function use(key: MintedKey, server = servers[0]) {
  return new Client(server.url, { 'x-api-key': key.key }).get('/api/compression/stats');
}

/** Calls in parallel, alternately on both processes; how many were let through. */
async function burst(key: MintedKey, count: number): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, index) => use(key, index % 2 === 0 ? servers[0] : servers[1])),
  );
  const refused = answers.filter(({ status }) => status !== 200);
  for (const answer of refused) expect(answer).toMatchObject({ status: 429, body: { code: 'AUTH_013' } });
  return answers.length - refused.length;
}

async function usedOf(key: MintedKey): Promise<number> {
  const [row] = await database.query<{ used: number }>('select used from quota_usage where counter_id = $1', [key.id]);
  return row?.used ?? 0;
}

describe('a quota', () => {
  it('lets exactly its limit through, then answers 429 with the seconds until the window ends', async () => {
    const key = await limited(3);
    for (let call = 0; call < 3; call++) expect((await use(key)).status).toBe(200);
    const refused = await use(key);
    expect(refused).toMatchObject({ status: 429, body: { code: 'AUTH_013' } });
    expect(refused.body.detail).toBe('The quota of 3 requests per hour is used up.');
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(3_600 - 60 - 60);
    expect(retryAfter).toBeLessThanOrEqual(3_600 - 60);
  });

  it.each([1, 2, 3])(
    'is not exceeded by 20 parallel calls at its last unit over two processes (round %#)',
    async () => {
      const key = await limited(10);
      for (let call = 0; call < 9; call++) expect((await use(key, servers[call % 2])).status).toBe(200);
      expect(await burst(key, 20)).toBe(1);
      expect(await usedOf(key)).toBe(10);
    },
  );

  it('is spent whole, and not exceeded, by a burst over two processes', async () => {
    const key = await limited(50);
    expect(await burst(key, 200)).toBe(50);
    expect(await usedOf(key)).toBe(50);
  });

  it.each([
    ['hour', 3_600_000],
    ['day', 86_400_000],
  ])('by the %s begins anew in the next window', async (period, lengthMs) => {
    const now = await servers[0].advanceClock(0);
    const key = await limited(2, period);
    expect(await burst(key, 6)).toBe(2);
    const end = (Math.floor(now / lengthMs) + 1) * lengthMs;
    await setClock(end - 2_500);
    expect((await use(key)).status).toBe(429);
    await setClock(end);
    expect(await burst(key, 6)).toBe(2);
    await setClock(now);
  });

  it('is not charged for requests that the guards refuse, and is for all others', async () => {
    const key = await limited(2, 'hour', { permissions: ['read:compression'] });
    const client = new Client(servers[0].url, { 'x-api-key': key.key });
    for (let call = 0; call < 4; call++) expect((await client.get('/api/keys')).status).toBe(403);
    const away = await limited(1, 'hour', { allowed_ips: ['203.0.113.1'] });
    for (let call = 0; call < 3; call++) expect((await use(away)).status).toBe(403);
    expect(await usedOf(away)).toBe(0);
    expect((await client.get('/api/compression/stats?nonsense=1')).status).toBe(400);
    expect((await use(key)).status).toBe(200);
    expect((await use(key)).status).toBe(429);
  });

  it('follows a changed limit at once, up and down', async () => {
    const key = await limited(2);
    const change = (limit: number) => person.client.patch(`/api/keys/${key.id}`, { quota: { limit, period: 'hour' } });
    expect(await burst(key, 4)).toBe(2);
    await change(5);
    expect(await burst(key, 8)).toBe(3);
    await change(4);
    expect(await burst(key, 2)).toBe(0);
    await person.client.patch(`/api/keys/${key.id}`, { quota: null });
    for (let call = 0; call < 4; call++) expect((await use(key)).status).toBe(200);
  });

  it('is still not exceeded after kill -9 of a process, which may lose what it had leased', async () => {
    const key = await limited(40);
    const doomed = await start();
    await doomed.setClock(await servers[0].advanceClock(0));
    let spent = 0;
    for (let call = 0; call < 5; call++) if ((await use(key, doomed)).status === 200) spent += 1;
    await doomed.kill();
    spent += await burst(key, 120);
    expect(spent).toBeLessThanOrEqual(40);
    // 1 + 2 + 4 were leased, so at most two units went down with the process
    expect(spent).toBeGreaterThanOrEqual(38);
  }, 30_000);

  it('gets back what a process has not spent when that is idle or stops in order, and its usage is written', async () => {
    const key = await limited(400);
    const leaving = await start();
    await leaving.setClock(await servers[0].advanceClock(0));
    const calls = await Promise.all(Array.from({ length: 30 }, () => use(key, leaving)));
    expect(calls.every(({ status }) => status === 200)).toBe(true);
    await leaving.stop();
    expect(await usedOf(key)).toBe(30);
    const usage = await database.query('select requests::int from credential_usage where credential_id = $1', [key.id]);
    expect(usage).toEqual([{ requests: 30 }]);

    await Promise.all(Array.from({ length: 30 }, () => use(key)));
    await until(async () => (await usedOf(key)) === 60, 15_000);
  }, 30_000);

  it('fails closed: without its counter no request gets through', async () => {
    const key = await limited(100);
    await database.query('revoke update on quota_usage from kindly_runtime');
    try {
      expect((await use(key)).status).toBe(500);
    } finally {
      await database.query('grant update on quota_usage to kindly_runtime');
    }
  });
});
