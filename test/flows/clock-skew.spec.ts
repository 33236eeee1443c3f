import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newCode, redeem } from '../support/authorize.ts';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { Jobs } from '../support/jobs.ts';
import { newOAuthClient } from '../support/oauth.ts';
import { expectStatus, newKey, newPerson } from '../support/people.ts';
import { assertionOf, JWT_BEARER, newServiceAccount, requestToken } from '../support/service-accounts.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { signedHeaders } from '../support/signing.ts';

// the jobs of a server start some time after it
jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;
const COMPRESS = '/api/compression/compress';
const TEXT = '{"data": 1}';

let database: TestDatabase;
let started: TestServer[] = [];

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  await database.drop();
});

async function start(aheadMs = 0, environment: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    ...environment,
  });
  started.push(server);
  if (aheadMs !== 0) await server.advanceClock(aheadMs);
  return server;
}

async function stop(server: TestServer): Promise<void> {
  await server.stop();
  started = started.filter((other) => other !== server);
}

/** Has the one server that runs purge: a nonce that ended long ago goes, whatever its clock says. */
async function purgeNonces(): Promise<void> {
  await database.query("insert into spent_nonces values (gen_random_uuid(), 'marker', now() - interval '1 day')");
  await eventually(async () => {
    const rows = await database.query("select 1 from spent_nonces where nonce = 'marker'");
    return rows.length === 0;
  });
}

describe('a process whose clock is a day ahead', () => {
  it('deletes nothing that keeps the others from letting a copy in', async () => {
    let server = await start();
    const person = await newPerson(server.url);
    const [key, account, client] = [
      await newKey(person.client),
      await newServiceAccount(person.client),
      await newOAuthClient(person.client),
    ];
    const headers = signedHeaders(key, { method: 'POST', target: COMPRESS, text: TEXT });
    const signed = () => new Client(server.url).post(COMPRESS, undefined, { raw: TEXT, headers });
    const assertion = assertionOf(account);
    const asserted = () => requestToken(server.url, { grant_type: JWT_BEARER, assertion });
    const { redemption } = await newCode(server.url, client, person);
    expectStatus(await signed(), 200);
    expectStatus(await asserted(), 200);
    expectStatus(await redeem(server.url, redemption), 200);
    await stop(server);

    const ahead = await start(25 * HOUR_MS);
    await purgeNonces();
    const jobs = await Jobs.open(database);
    await jobs.run('row-retention');
    await jobs.close();
    await stop(ahead);

    server = await start();
    expect(await signed()).toMatchObject({ status: 401, body: { code: 'AUTH_012' } });
    expect((await asserted()).body).toMatchObject({ error: 'invalid_grant' });
    expect((await redeem(server.url, redemption)).body).toMatchObject({ error: 'invalid_grant' });
    // it was recognised, not merely unknown
    expect(await database.query("select 1 from audit.events where type = 'oauth.reuse_detected'")).toHaveLength(1);
    await stop(server);
  });
});

describe('a process whose clock is an hour behind', () => {
  it('does not let a copy in because the others have purged what it had spent', async () => {
    const behind = await start(-HOUR_MS);
    const key = await newKey((await newPerson(behind.url)).client);
    const timestamp = Math.floor((Date.now() - HOUR_MS) / 1000);
    const headers = signedHeaders(key, { method: 'POST', target: COMPRESS, text: TEXT, timestamp });
    const signed = () => new Client(behind.url).post(COMPRESS, undefined, { raw: TEXT, headers });
    expectStatus(await signed(), 200);
    const right = await start();
    await purgeNonces();
    await stop(right);
    expect(await signed()).toMatchObject({ status: 401, body: { code: 'AUTH_012' } });
    await stop(behind);
  });
});

describe('a clock that differs from that of the database', () => {
  // a process compares its clock every ten seconds, and its state is good for five
  const NOTICED_WITHIN_MS = 40_000;
  const DIFFERENCE = /"level":"warn".*"skew_seconds":(-?[\d.]+).*clock/g;

  it.each([1, -1])('shows in the status, the log and the metrics, and readiness stays (%i)', async (sign) => {
    const server = await start();
    const client = new Client(server.url);
    const status = async () => {
      const { body } = await client.get<{ status: string; incidents: { component: string }[] }>('/status', {
        headers: { accept: 'application/json' },
      });
      return { status: body.status, incidents: body.incidents.map(({ component }) => component) };
    };
    expect(await status()).toEqual({ status: 'operational', incidents: [] });
    await server.advanceClock(sign * 8_000);
    await eventually(async () => (await status()).status === 'degraded', NOTICED_WITHIN_MS);
    expect(await status()).toEqual({ status: 'degraded', incidents: ['clock'] });
    expect((await client.get('/health/ready')).status).toBe(200);
    const warned = await eventually(async () => {
      const lines = [...server.output().matchAll(DIFFERENCE)];
      return lines.length > 0 && lines;
    });
    expect(Math.abs(Number(warned[0]?.[1]) - sign * 8)).toBeLessThan(3);
    const { text } = await client.get('/metrics', { isDocumented: false });
    expect(Math.abs(Number(/^clock_skew_seconds (\S+)$/m.exec(text)?.[1]) - sign * 8)).toBeLessThan(3);
    await server.advanceClock(-sign * 8_000);
    await eventually(async () => (await status()).status === 'operational', NOTICED_WITHIN_MS);
    await eventually(async () => server.output().includes('agrees with'));
    // told once, however often it was found
    expect([...server.output().matchAll(DIFFERENCE)]).toHaveLength(1);
    await stop(server);
  });
});
