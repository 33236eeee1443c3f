import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { type DelayProxy, startDelayProxy } from '../support/delay-proxy.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startServer, type TestServer } from '../support/server.ts';

const LIMIT = 40;
/** Later than a request waits. */
const LATE_MS = 150;

let redis: TestRedis;
let proxy: DelayProxy;
let database: TestDatabase;
let servers: TestServer[];

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startDelayProxy(Number(new URL(redis.url).port));
  database = await createDatabase();
  const environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    TRUSTED_PROXIES: '127.0.0.1',
    RATE_LIMIT_ANONYMOUS: String(LIMIT),
  };
  servers = await Promise.all([startServer(environment), startServer(environment)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await proxy.close();
  await redis.stop();
  await database.drop();
});

/** How many of so many requests, to both servers in turn, were let through. */
async function letThrough(count: number, address: string): Promise<number> {
  let passed = 0;
  for (let position = 0; position < count; position += 1) {
    const client = new Client(servers[position % 2]?.url ?? '');
    const headers = { 'x-forwarded-for': address };
    const { status } = await client.get('/api/nowhere', { headers, isDocumented: false });
    if (status === 404) passed += 1;
  }
  return passed;
}

describe('a Redis that answers later than a request waits', () => {
  it('does not give each process a window of its own: they go on from what Redis has told them', async () => {
    const address = '198.51.100.1';
    expect(await letThrough(LIMIT - 4, address)).toBe(LIMIT - 4);
    proxy.delay(LATE_MS);
    // what is left, once for each process, if no late answer came in time for any request
    expect(await letThrough(LIMIT * 3, address)).toBeLessThanOrEqual(10);
    proxy.delay(0);
  });

  it('still counts for all: what arrives late is the start of the next request', async () => {
    const address = '198.51.100.2';
    proxy.delay(LATE_MS);
    let passed = 0;
    for (let round = 0; round < LIMIT * 2; round += 1) {
      passed += await letThrough(2, address);
      if (round % 5 === 4) await new Promise((resolve) => setTimeout(resolve, LATE_MS + 50));
    }
    // at most what the other process had let through since the last answer: ten requests lie between two pauses
    expect(passed).toBeLessThanOrEqual(LIMIT + 10);
    expect(passed).toBeGreaterThanOrEqual(LIMIT);
    proxy.delay(0);
  });
});
