import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countedRequests } from '../support/counted-requests.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { keyStatus } from '../support/key-status.ts';
import { newKey, newPerson } from '../support/people.ts';
import { type RoundRobinProxy, startRoundRobinProxy } from '../support/round-robin-proxy.ts';
import { startServer, type TestServer } from '../support/server.ts';

const REPLICAS = 4;
const CLIENTS = 4;
/** Between two requests of a client: the load is there to be noticed, not to fill the machine. */
const PAUSE_MS = 20;

let database: TestDatabase;
let proxy: RoundRobinProxy;
let replicas: TestServer[];
beforeAll(async () => {
  database = await createDatabase();
  proxy = await startRoundRobinProxy();
  replicas = await Promise.all(Array.from({ length: REPLICAS }, start));
}, 120_000);
afterAll(async () => {
  await Promise.all(replicas?.map((replica) => replica.kill()) ?? []);
  await proxy?.close();
  await database?.drop();
});

/** Starts a replica that gets its share of the requests. */
async function start(): Promise<TestServer> {
  const urls = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  const replica = await startServer({ ...urls, SHUTDOWN_DELAY: '1', DATABASE_POOL_SIZE: '3' }, 'api');
  await proxy.add(replica.url);
  return replica;
}

describe('a rolling restart of four replicas under load', () => {
  it('fails no request, and loses the count of none', async () => {
    const { client } = await newPerson(proxy.url);
    const key = await newKey(client);
    const statuses = new Map<string, number>();
    const count = (name: string): void => void statuses.set(name, (statuses.get(name) ?? 0) + 1);
    const over = new AbortController();
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!over.signal.aborted) {
        count(`use ${await keyStatus(proxy, key)}`);
        count(`mint ${(await client.post('/api/keys', { name: 'rolling' })).status}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    });
    const exitCodes: (number | null)[] = [];
    for (const [index, old] of replicas.entries()) {
      const [replacement, exitCode] = await Promise.all([start(), old.stop()]);
      replicas[index] = replacement;
      exitCodes.push(exitCode);
    }
    over.abort();
    await Promise.all(clients);
    await Promise.all(replicas.map((replica) => replica.stop()));

    expect([...statuses.keys()].toSorted()).toEqual(['mint 201', 'use 200']);
    expect(exitCodes).toEqual([0, 0, 0, 0]);
    const used = await countedRequests(database, key.id);
    expect(used).toBe(statuses.get('use 200'));
    const [minted] = await database.query("select count(*)::int as count from api_keys where name = 'rolling'");
    expect(minted).toEqual({ count: statuses.get('mint 201') });
  }, 120_000);
});
