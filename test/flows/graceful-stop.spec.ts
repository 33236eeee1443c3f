import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { countedRequests } from '../support/counted-requests.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { sendHalf } from '../support/half-sent.ts';
import { newKey, newPerson } from '../support/people.ts';
import { startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { headOf, openStream } from '../support/streamed.ts';
import { newWebhook, sendTest } from '../support/webhooks.ts';

const MIB = 1024 * 1024;

let database: TestDatabase;
let server: TestServer | undefined;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(() => server?.kill());
afterAll(() => database.drop());

async function start(environment: Record<string, string>): Promise<TestServer> {
  const urls = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  server = await startServer({ ...urls, WEBHOOKS_ALLOW_PRIVATE: 'on', ...environment });
  return server;
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

describe('a process that is asked to stop', () => {
  it('says first that it is not ready, answers what still comes, and lets no connection be used again', async () => {
    const { url, pid, ended } = await start({ SHUTDOWN_DELAY: '3' });
    const { client, session } = await newPerson(url);
    const underWay = await sendHalf(`${url}/api/keys`, { name: 'under way' }, bearer(session.access_token));
    expect((await client.get('/health/ready')).headers.get('connection')).toBe('keep-alive');

    process.kill(pid, 'SIGTERM');
    const refusal = await eventually(async () => {
      const answer = await client.get('/health/ready');
      return answer.status === 503 && answer;
    });
    expect(refusal.body.code).toBe('SRV_002');
    const late = await client.post('/api/keys', { name: 'late' });
    const live = await new Client(url).get('/health/live');
    const first = await underWay.finish();
    expect([late.status, live.status, first.status]).toEqual([201, 200, 201]);
    for (const { headers } of [refusal, late, live]) expect(headers.get('connection')).toBe('close');
    expect(first.headers.connection).toBe('close');

    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('cuts off who neither sends nor reads, and still writes down and gives back what it holds', async () => {
    const stopping = await start({});
    const { url } = stopping;
    const { client } = await newPerson(url);
    const key = await newKey(client);
    const receiver = await startReceiver(() => undefined);
    await sendTest(client, (await newWebhook(client, receiver.url)).id);
    await eventually(() => receiver.received.length === 1);
    const unsent = await sendHalf(`${url}/api/compression/compress`, { data: 'never sent' }, { 'x-api-key': key.key });
    const unread = openStream({ baseUrl: url, path: '/api/compression/decompress?algorithm=gzip', apiKey: key.key });
    unread.end(gzipSync(Buffer.alloc(64 * MIB)));
    const answer = await headOf(unread);
    const cut = new Promise((resolve) => answer.once('error', resolve));

    expect(await stopping.stop()).toBe(0);
    await unsent.cut;
    answer.resume();
    expect(await cut).toMatchObject({ code: 'ECONNRESET' });
    // both were counted as they were cut, after which only the last flush can write them
    const counted = await countedRequests(database, key.id);
    expect(counted).toBe(2);
    expect(await database.query('select lease_holder from webhook_endpoints')).toEqual([{ lease_holder: null }]);
    await receiver.stop();
  }, 120_000);

  it('ends at once when it is asked twice', async () => {
    const { url, pid, ended } = await start({ SHUTDOWN_DELAY: '300' });
    process.kill(pid, 'SIGTERM');
    await eventually(async () => (await fetch(`${url}/health/ready`)).status === 503);
    process.kill(pid, 'SIGTERM');
    expect(await ended).toBe(1);
  });
});
