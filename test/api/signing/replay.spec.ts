import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { setDatabaseClockAhead } from '../../support/database-clock.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { signedHeaders } from '../../support/signing.ts';

const COMPRESS = '/api/compression/compress';
const TEXT = '{"data": 1}';
let database: TestDatabase;
let servers: TestServer[];
let person: Person;
let key: MintedKey;

const start = (): Promise<TestServer> =>
  startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
const url = (index: number): string => servers[index]?.url ?? '';

beforeAll(async () => {
  database = await createDatabase();
  await setDatabaseClockAhead(database, 0);
  servers = await Promise.all([start(), start()]);
  person = await newPerson(url(0));
  key = await newKey(person.client);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

interface Sent {
  readonly status: number;
  readonly code: string | undefined;
}

async function send(baseUrl: string, headers: Record<string, string>): Promise<Sent> {
  const { status, body } = await new Client(baseUrl).post(COMPRESS, undefined, { raw: TEXT, headers });
  return { status, code: body.code };
}

const sign = (fields: { timestamp?: number; nonce?: string } = {}): Record<string, string> =>
  signedHeaders(key, { method: 'POST', target: COMPRESS, text: TEXT, ...fields });

/** Compressions that have been counted, on whichever server: each writes down its own before it answers. */
async function runs(): Promise<number> {
  const stats = (index: number) => person.client.at(url(index)).get<{ operations: number }>('/api/compression/stats');
  await stats(0);
  return (await stats(1)).body.operations;
}

const REPLAYED = { status: 401, code: 'AUTH_012' };

describe('a signed request', () => {
  it('is good once: the second time it is refused, on either server', async () => {
    const headers = sign();
    expect((await send(url(0), headers)).status).toBe(200);
    expect(await send(url(0), headers)).toEqual(REPLAYED);
    expect(await send(url(1), headers)).toEqual(REPLAYED);
  });

  it('in 16 copies at once over two servers runs exactly once, time after time', async () => {
    const before = await runs();
    for (let round = 0; round < 5; round++) {
      const headers = sign();
      const copies = await Promise.all(Array.from({ length: 16 }, (_, index) => send(url(index % 2), headers)));
      expect(copies.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(copies.filter(({ code }) => code === 'AUTH_012')).toHaveLength(15);
    }
    expect(await runs()).toBe(before + 5);
  });

  it('cannot be sent again with its nonce under a later time, either', async () => {
    const nonce = randomBytes(16).toString('hex');
    const now = Math.floor(Date.now() / 1000);
    expect((await send(url(0), sign({ nonce, timestamp: now }))).status).toBe(200);
    expect(await send(url(1), sign({ nonce, timestamp: now + 1 }))).toEqual(REPLAYED);
  });

  it('does not spend the nonce of another key', async () => {
    const nonce = randomBytes(16).toString('hex');
    const other = await newKey(person.client);
    expect((await send(url(0), sign({ nonce }))).status).toBe(200);
    const headers = signedHeaders(other, { method: 'POST', target: COMPRESS, text: TEXT, nonce });
    expect((await send(url(0), headers)).status).toBe(200);
  });

  // else anyone who sees a nonce pass could make the real request fail
  it('with a wrong signature burns no nonce', async () => {
    const headers = sign();
    const forged = { ...headers, 'X-Signature': '0'.repeat(64) };
    expect(await send(url(0), forged)).toEqual({ status: 401, code: 'AUTH_011' });
    expect((await send(url(1), headers)).status).toBe(200);
  });

  it('stays spent when the process that ran it is killed', async () => {
    const headers = sign();
    expect((await send(url(1), headers)).status).toBe(200);
    await servers[1]?.kill();
    servers[1] = await start();
    expect(await send(url(1), headers)).toEqual(REPLAYED);
  });

  it('is refused with 503 when the store of nonces fails, and runs once that works again', async () => {
    const headers = sign();
    const before = await runs();
    await database.query('alter table spent_nonces rename to spent_nonces_away');
    try {
      expect(await send(url(0), headers)).toEqual({ status: 503, code: 'SRV_002' });
      expect(await runs()).toBe(before);
    } finally {
      await database.query('alter table spent_nonces_away rename to spent_nonces');
    }
    expect((await send(url(0), headers)).status).toBe(200);
  });
});

describe('spent nonces', () => {
  it('are in a table that survives a crash of the database', async () => {
    const [table] = await database.query<{ relpersistence: string }>(
      "select relpersistence from pg_class where relname = 'spent_nonces'",
    );
    expect(table?.relpersistence).toBe('p');
  });

  it('are forgotten when no signature that bears them can be fresh any more, and not before', async () => {
    await send(url(0), sign());
    await database.query(
      "insert into spent_nonces values (gen_random_uuid(), 'expired', now() - interval '2 minutes')",
    );
    await untilGone("nonce = 'expired'");
    expect(await countNonces('true')).toBeGreaterThan(0);
    await setDatabaseClockAhead(database, 721_000);
    await servers[0]?.advanceClock(721_000);
    await untilGone('true');
  }, 30_000);

  async function countNonces(condition: string): Promise<number> {
    const [row] = await database.query<{ count: string }>(`select count(*) from spent_nonces where ${condition}`);
    return Number(row?.count);
  }

  async function untilGone(condition: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    while ((await countNonces(condition)) > 0) {
      if (Date.now() > deadline) throw new Error('the expired nonces are still there');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});
