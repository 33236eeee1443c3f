import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { recordEvents } from '../../support/outbox.ts';
import { expectStatus, newKey, newPerson } from '../../support/people.ts';
import { accept, answerWith, type Receiver, startReceiver } from '../../support/receiver.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { deliveriesOf, deliveryOf, type Delivery, newWebhook, type Page, sendTest } from '../../support/webhooks.ts';

let database: TestDatabase;
let server: TestServer;
let receiver: Receiver;

beforeAll(async () => {
  database = await createDatabase();
  receiver = await startReceiver();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    WEBHOOKS_ALLOW_PRIVATE: 'true',
  });
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
  await database.drop();
});

/** An owner with a receiver at a path of its own. */
async function newOwner(events: readonly string[] = ['api_key.*', 'session.*']) {
  const person = await newPerson(server.url);
  const path = `/${person.id}`;
  const webhook = await newWebhook(person.client, new URL(path, receiver.url).href, events);
  return { ...person, webhook, received: () => receiver.received.filter((got) => got.path === path) };
}

describe('an event', () => {
  it('reaches the endpoints of its owner that subscribe to it, and nobody else', async () => {
    const owner = await newOwner(['api_key.created']);
    const stranger = await newOwner(['*']);
    const key = await newKey(owner.client, { name: 'Build' });
    await owner.client.delete(`/api/keys/${key.id}`);
    await sendTest(stranger.client, stranger.webhook.id);
    const [got] = await eventually(() => (owner.received().length > 0 ? owner.received() : null));
    expect(Object.keys(got?.event ?? {})).toEqual(['id', 'type', 'created_at', 'data']);
    expect(got?.event).toMatchObject({ type: 'api_key.created', data: { key_id: key.id, name: 'Build' } });
    expect(got?.event.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(got?.body).not.toContain(key.key);
    expect(got?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': got?.event.id,
      'x-kindly-event': 'api_key.created',
      'x-kindly-sequence': '1',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await eventually(() => stranger.received().length > 0);
    expect(owner.received()).toHaveLength(1);
    expect(stranger.received().filter(({ event }) => event.type.startsWith('api_key'))).toEqual([]);
  });

  it('comes in order, numbered without a gap', async () => {
    const owner = await newOwner(['api_key.*']);
    await recordEvents(database, owner.id, 250);
    await eventually(() => owner.received().length === 250, 30_000);
    const received = owner.received();
    expect(received.map(({ headers }) => Number(headers['x-kindly-sequence']))).toEqual(received.map((_, i) => i + 1));
    expect(received.map(({ event }) => (event.data as { number: number }).number)).toEqual(
      received.map((_, i) => i + 1),
    );
  }, 60_000);

  // a transaction that takes a low sequence number may commit after one with a higher
  it('is not overlooked when it commits late', async () => {
    const owner = await newOwner(['api_key.*']);
    const slow = database.query(
      `insert into outbox_events (id, type, owner_id, actor, occurred_at, data)
       select gen_random_uuid(), 'api_key.revoked', $1, '{}', now(), '{}' from (select pg_sleep(2)) slow`,
      [owner.id],
    );
    await recordEvents(database, owner.id, 3);
    await eventually(() => owner.received().length === 3);
    await slow;
    const last = await eventually(() => owner.received()[3]);
    expect(last.event.type).toBe('api_key.revoked');
  });

  it('of a rolled-back transaction does not exist', async () => {
    const owner = await newOwner();
    const refused = await owner.client.post('/api/keys', { name: 'x', expires_at: '2020-01-01T00:00:00Z' });
    expect(refused.status).toBe(400);
    await sendTest(owner.client, owner.webhook.id);
    await eventually(() => owner.received().length > 0);
    expect(owner.received().map(({ event }) => event.type)).toEqual(['webhook.test']);
  });
});

describe('GET /api/webhooks/{id}/deliveries', () => {
  it('200: shows each attempt with status, latency and what was answered', async () => {
    const owner = await newOwner();
    const eventId = await sendTest(owner.client, owner.webhook.id);
    const delivery = await deliveryOf(owner.client, owner.webhook.id, eventId, ({ status }) => status === 'delivered');
    expect(delivery).toMatchObject({ event_type: 'webhook.test', sequence: 1, next_attempt_at: null });
    expect(delivery.attempts).toEqual([
      {
        number: 1,
        started_at: expect.any(String),
        outcome: 'delivered',
        status: 200,
        latency_ms: expect.any(Number),
        error: null,
        response_excerpt: 'thank you',
      },
    ]);
  });

  it('200: pages and filters by status, type, event and time', async () => {
    const owner = await newOwner();
    receiver.behave((response, got) =>
      (got.event.type === 'api_key.updated' ? answerWith(500) : accept)(response, got),
    );
    await recordEvents(database, owner.id, 3, 'session.revoked');
    await recordEvents(database, owner.id, 2, 'api_key.updated');
    await eventually(async () => {
      const all = await deliveriesOf(owner.client, owner.webhook.id);
      return all.length === 5 && all.every(({ attempts }) => attempts[0]?.outcome);
    });
    receiver.behave(accept);
    const count = async (query: string) => (await deliveriesOf(owner.client, owner.webhook.id, query)).length;
    expect(await count('&status=delivered')).toBe(3);
    expect(await count('&status=pending&event_type=api_key.updated')).toBe(2);
    expect(await count('&event_type=user.locked')).toBe(0);
    expect(await count('&from=2020-01-01T00:00:00Z')).toBe(5);
    expect(await count('&to=2020-01-01T00:00:00Z')).toBe(0);
    const path = `/api/webhooks/${owner.webhook.id}/deliveries`;
    const first = (await owner.client.get<Page<Delivery>>(`${path}?limit=2`)).body;
    const rest = (await owner.client.get<Page<Delivery>>(`${path}?limit=3&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...rest.data].map(({ sequence }) => sequence)).toEqual([5, 4, 3, 2, 1]);
  });

  it.each(['?status=lost', '?event_type=x', '?event_id=7', '?from=yesterday', '?state=failed'])(
    '400: refuses %s',
    async (query) => {
      const owner = await newOwner();
      const answer = await owner.client.get(`/api/webhooks/${owner.webhook.id}/deliveries${query}`);
      expect(answer.status).toBe(400);
    },
  );
});

describe('POST /api/webhooks/{id}/deliveries/{delivery_id}/redeliver', () => {
  it('202: sends it again under the same webhook-id, freshly signed', async () => {
    const owner = await newOwner();
    const eventId = await sendTest(owner.client, owner.webhook.id);
    const delivery = await deliveryOf(owner.client, owner.webhook.id, eventId, ({ status }) => status === 'delivered');
    const path = `/api/webhooks/${owner.webhook.id}/deliveries/${delivery.id}/redeliver`;
    const answer = expectStatus(await owner.client.post<Delivery>(path), 202);
    expect(answer.body).toMatchObject({ id: delivery.id, status: 'pending' });
    await eventually(() => owner.received().length === 2);
    const [first, second] = owner.received();
    expect(second?.headers['webhook-id']).toBe(eventId);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['x-kindly-sequence']).toBe(first?.headers['x-kindly-sequence']);
    const again = await deliveryOf(owner.client, owner.webhook.id, eventId, ({ status }) => status === 'delivered');
    expect(again.attempts.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('409: not to a disabled endpoint', async () => {
    const owner = await newOwner();
    const eventId = await sendTest(owner.client, owner.webhook.id);
    const delivery = await deliveryOf(owner.client, owner.webhook.id, eventId, ({ status }) => status === 'delivered');
    await owner.client.patch(`/api/webhooks/${owner.webhook.id}`, { enabled: false });
    const path = `/api/webhooks/${owner.webhook.id}/deliveries`;
    expect((await owner.client.post(`${path}/${delivery.id}/redeliver`)).status).toBe(409);
    expect((await owner.client.post(`${path}/redeliver`, { from: '2020-01-01T00:00:00Z' })).status).toBe(409);
  });
});

describe('POST /api/webhooks/{id}/deliveries/redeliver', () => {
  it('202: sends what failed within a time again, and leaves the rest', async () => {
    const owner = await newOwner();
    await sendTest(owner.client, owner.webhook.id);
    await eventually(() => owner.received().length === 1);
    const path = new URL(owner.webhook.url).pathname;
    receiver.behave((response, got) => (got.path === path ? answerWith(410) : accept)(response, got));
    await recordEvents(database, owner.id, 3);
    await eventually(async () => {
      const failed = await deliveriesOf(owner.client, owner.webhook.id, '&status=failed');
      return failed.length === 3;
    });
    receiver.behave(accept);
    const hits = owner.received().length;
    await owner.client.patch(`/api/webhooks/${owner.webhook.id}`, { enabled: true });
    const redeliver = (body: object) =>
      owner.client.post<{ count: number }>(`/api/webhooks/${owner.webhook.id}/deliveries/redeliver`, body);
    const none = await redeliver({ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' });
    expect([none.status, none.body.count]).toEqual([202, 0]);
    expect((await redeliver({ from: '2020-01-01T00:00:00Z' })).body.count).toBe(3);
    await eventually(() => owner.received().length === hits + 3);
    const all = await eventually(async () => {
      const found = await deliveriesOf(owner.client, owner.webhook.id);
      return found.every(({ status }) => status === 'delivered') && found;
    });
    expect(all).toHaveLength(4);
  });

  it.each([
    ['from', {}],
    ['from', { from: 'monday' }],
    ['status', { from: '2020-01-01T00:00:00Z', status: 'pending' }],
    ['until', { from: '2020-01-01T00:00:00Z', until: '2020-01-01T00:00:00Z' }],
  ])('400: names %s', async (field, body) => {
    const owner = await newOwner();
    const answer = await owner.client.post(`/api/webhooks/${owner.webhook.id}/deliveries/redeliver`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.field).toBe(field);
  });
});
