import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { recordEvents } from '../support/outbox.ts';
import { newPerson } from '../support/people.ts';
import { type Behaviour, type Receiver, startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { deliveryOf, newWebhook, sendTest } from '../support/webhooks.ts';

let database: TestDatabase;
let server: TestServer;
const receivers: Receiver[] = [];

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    WEBHOOKS_ALLOW_PRIVATE: 'true',
  });
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await server.stop();
  await database.drop();
});

const silent: Behaviour = () => undefined;

const endless: Behaviour = (response) => {
  const chunk = Buffer.alloc(16 * 1024, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

const dripping: Behaviour = (response) => {
  response.writeHead(200);
  const drip = setInterval(() => response.write('.'), 50);
  response.once('close', () => clearInterval(drip));
};

/** A port that nobody listens on. */
async function deadUrl(): Promise<string> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return `http://127.0.0.1:${port}/`;
}

describe('a dead, silent, dripping or endless receiver', () => {
  it('delays no other, not even of the same owner', async () => {
    const owner = await newPerson(server.url);
    receivers.push(...(await Promise.all([silent, dripping, endless].map((behaviour) => startReceiver(behaviour)))));
    for (const { url } of receivers) await newWebhook(owner.client, url, ['api_key.*']);
    const dead = await newWebhook(owner.client, await deadUrl(), ['api_key.*']);
    const healthy: Receiver = await startReceiver();
    receivers.push(healthy);
    await newWebhook(owner.client, healthy.url, ['api_key.*']);
    const eventId = await sendTest(owner.client, dead.id);
    await recordEvents(database, owner.id, 300);
    // far less than the fifteen seconds that one silent receiver takes for one event
    await eventually(() => healthy.received.length === 300, 12_000);
    expect(receivers[0]?.received.length).toBeLessThanOrEqual(1);
    const refused = await deliveryOf(owner.client, dead.id, eventId, ({ attempts }) => Boolean(attempts[0]?.outcome));
    expect(refused.attempts[0]).toMatchObject({ outcome: 'unreachable', error: 'the connection was refused' });
  }, 60_000);
});
