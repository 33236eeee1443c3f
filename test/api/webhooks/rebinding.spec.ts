import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { askingNameServer, type NameServer, startNameServer } from '../../support/name-server.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { deliveryOf, newWebhook, sendTest } from '../../support/webhooks.ts';

const PUBLIC_ADDRESS = '8.8.8.8';

let database: TestDatabase;
let server: TestServer;
let names: NameServer;
let person: Person;
let canary: Server;
let connections = 0;

beforeAll(async () => {
  names = await startNameServer(PUBLIC_ADDRESS);
  canary = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(canary, 'listening');
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    NODE_OPTIONS: askingNameServer(names),
  });
  person = await newPerson(server.url);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  canary.close();
  names.stop();
});

describe('a name that changes its address', () => {
  // DNS rebinding: public while the endpoint is judged, private once the request is made
  it('is accepted while it is public, and is not connected to once it is private', async () => {
    const { port } = canary.address() as AddressInfo;
    const webhook = await newWebhook(person.client, `http://rebind.example.com:${port}/`);
    expect(names.asked).toEqual(['rebind.example.com']);
    names.answer('127.0.0.1');
    const eventId = await sendTest(person.client, webhook.id);
    const delivery = await deliveryOf(person.client, webhook.id, eventId, ({ attempts }) =>
      Boolean(attempts[0]?.outcome),
    );
    expect(delivery.attempts).toEqual([
      expect.objectContaining({
        outcome: 'blocked',
        status: null,
        error: 'the address of the endpoint is not public',
        response_excerpt: null,
      }),
    ]);
    expect(delivery.status).toBe('pending');
    expect(names.asked).toEqual(['rebind.example.com', 'rebind.example.com']);
    expect(connections).toBe(0);
  });

  it('is refused while it is private', async () => {
    names.answer('10.0.0.1');
    const made = await person.client.post('/api/webhooks', { url: 'http://rebind.example.com/', events: ['*'] });
    expect(made.status).toBe(400);
    expect(made.body.errors).toEqual([{ field: 'url', message: 'must point to a public address' }]);
    expect(connections).toBe(0);
  });
});
