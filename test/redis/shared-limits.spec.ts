import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisStorage } from '../../src/platform/limits/redis-storage.ts';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { itCountsInWindows } from '../support/window-storage-contract.ts';

const LIMIT = 10;

let redis: TestRedis;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe('windows in Redis', () => {
  let storage: RedisStorage;

  beforeAll(async () => {
    storage = new RedisStorage(redis.url);
    await storage.connect();
  });
  afterAll(() => storage.close());

  itCountsInWindows(
    () => storage,
    (ms) => wait(ms + 20),
    1_000,
  );

  it('agree between processes', async () => {
    const second = new RedisStorage(redis.url);
    await second.connect();
    const records = await Promise.all(
      Array.from({ length: 40 }, (_, position) => (position % 2 ? storage : second).increment('shared', 60_000, 15)),
    );
    expect(records.filter(({ isBlocked }) => !isBlocked)).toHaveLength(15);
    second.close();
  });
});

describe('two servers on one Redis', () => {
  let database: TestDatabase;
  let servers: TestServer[];
  let addresses = 0;

  beforeAll(async () => {
    database = await createDatabase();
    const environment = {
      DATABASE_URL: database.runtimeUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      REDIS_URL: redis.url,
      TRUSTED_PROXIES: '127.0.0.1',
      RATE_LIMIT_ANONYMOUS: String(LIMIT),
    };
    servers = await Promise.all([startServer(environment), startServer(environment)]);
  });
  afterAll(async () => {
    redis.thaw();
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });

  /** Asks both servers in turn, from one address. */
  async function statuses(count: number, address: string, isParallel: boolean): Promise<number[]> {
    const ask = async (position: number): Promise<number> => {
      const server = servers[position % servers.length];
      const client = new Client(server?.url ?? '');
      const answer = await client.get('/api/nowhere', {
        headers: { 'x-forwarded-for': address },
        isDocumented: false,
      });
      return answer.status;
    };
    if (isParallel) return Promise.all(Array.from({ length: count }, (_, position) => ask(position)));
    const found: number[] = [];
    for (let position = 0; position < count; position++) found.push(await ask(position));
    return found;
  }

  function reports(what: string): number {
    return servers.flatMap((server) => server.output().match(new RegExp(`Redis ${what}`, 'g')) ?? []).length;
  }

  /** Repeats a round in which this machine was too slow for the deadline: such a round says nothing about sharing. */
  async function whileShared(round: () => Promise<number[]>): Promise<number[]> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const before = reports('does not answer');
      const isShared = before === reports('answers again');
      const found = await round();
      if (isShared && reports('does not answer') === before) return found;
      await wait(200);
    }
    throw new Error('the servers did not share Redis');
  }

  function newAddress(): string {
    addresses += 1;
    return `198.51.100.${addresses}`;
  }

  it.each([true, false])('share a limit (all at once: %s)', async (isParallel) => {
    const found = await whileShared(() => statuses(LIMIT + 10, newAddress(), isParallel));
    expect(found.filter((status) => status === 404)).toHaveLength(LIMIT);
    expect(found.filter((status) => status === 429)).toHaveLength(10);
  });

  it('limit by themselves, without delay, while Redis does not answer, and together again when it does', async () => {
    await whileShared(() => statuses(2, newAddress(), false));
    const reportedBefore = reports('does not answer');
    redis.freeze();
    const started = performance.now();
    const found = await statuses(LIMIT * 2 + 10, newAddress(), false);
    const elapsedMs = performance.now() - started;
    expect(found.filter((status) => status === 404)).toHaveLength(LIMIT * 2);
    expect(found.filter((status) => status === 429)).toHaveLength(10);
    // each server waits for Redis once a second at most, not once a request
    expect(elapsedMs).toBeLessThan(found.length * 50);
    expect(reports('does not answer')).toBe(reportedBefore + servers.length);
    redis.thaw();
    const after = await whileShared(() => statuses(LIMIT + 10, newAddress(), true));
    expect(after.filter((status) => status === 404)).toHaveLength(LIMIT);
  });

  it('start without Redis, and say so', async () => {
    const server = await startServer({
      DATABASE_URL: database.runtimeUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      REDIS_URL: 'redis://127.0.0.1:1',
      RATE_LIMIT_ANONYMOUS: '2',
    });
    const client = new Client(server.url);
    const found: number[] = [];
    for (let request = 0; request < 4; request++)
      found.push((await client.get('/api/nowhere', { isDocumented: false })).status);
    expect(found).toEqual([404, 404, 429, 429]);
    expect(server.output()).toContain('Redis cannot be reached');
    await server.stop();
  });
});
