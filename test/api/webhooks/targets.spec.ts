import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { deliveryOf, newWebhook, sendTest } from '../../support/webhooks.ts';

let database: TestDatabase;
let server: TestServer;
let person: Person;
let canary: Receiver;

beforeAll(async () => {
  database = await createDatabase();
  canary = await startReceiver();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  person = await newPerson(server.url);
});
afterAll(async () => {
  await server.stop();
  await canary.stop();
  await database.drop();
});

const { port: unused } = await freePort();

async function freePort(): Promise<{ port: number }> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address() as { port: number };
  listener.close();
  return address;
}

// the URL parser turns each of these into an address of this machine or network
const PRIVATE_TARGETS = [
  '127.0.0.1',
  'localhost',
  'LOCALHOST.',
  'a.localhost',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '10.0.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '[fd00:ec2::254]',
  'metadata.google.internal',
  'postgres',
];

describe('an endpoint in the own network', () => {
  it.each(PRIVATE_TARGETS)('is refused when it is made and when it is changed: %s', async (host) => {
    const url = `http://${host}:${unused}/`;
    const made = await person.client.post('/api/webhooks', { url, events: ['*'] });
    expect(made.status).toBe(400);
    expect(made.body.errors).toEqual([{ field: 'url', message: 'must point to a public address' }]);
  });

  it('is refused as the new URL of an endpoint that exists', async () => {
    const webhook = await newWebhook(person.client, 'https://hooks.example.com/');
    const changed = await person.client.patch(`/api/webhooks/${webhook.id}`, { url: canary.url });
    expect(changed.status).toBe(400);
  });

  // whatever got past the first check (an older row, a rule that has changed) meets the second one at the socket
  it('is not connected to, even if it stands in the table', async () => {
    const webhook = await newWebhook(person.client, 'https://hooks.example.com/');
    await database.query('update webhook_endpoints set url = $1 where id = $2', [canary.url, webhook.id]);
    const eventId = await sendTest(person.client, webhook.id);
    const delivery = await deliveryOf(person.client, webhook.id, eventId, ({ attempts }) =>
      Boolean(attempts[0]?.outcome),
    );
    expect(delivery.attempts[0]).toMatchObject({
      outcome: 'blocked',
      status: null,
      error: 'the address of the endpoint is not public',
    });
    expect(delivery.status).toBe('pending');
    expect(canary.received).toEqual([]);
  });
});
