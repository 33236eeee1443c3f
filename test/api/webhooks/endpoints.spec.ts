import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { deliveriesOf, newWebhook, type Page, sendTest, type Webhook } from '../../support/webhooks.ts';

let database: TestDatabase;
let server: TestServer;
let receiver: Receiver;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  receiver = await startReceiver();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    WEBHOOKS_ALLOW_PRIVATE: 'true',
  });
  person = await newPerson(server.url);
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
  await database.drop();
});

describe('POST /api/webhooks', () => {
  it('201: shows the secret once, and stores it sealed', async () => {
    const answer = await person.client.post<Webhook>('/api/webhooks', {
      url: receiver.url,
      events: ['api_key.*', 'api_key.*', 'user.locked'],
      description: ' Production ',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toMatchObject({
      url: receiver.url,
      events: ['api_key.*', 'user.locked'],
      description: 'Production',
      enabled: true,
      disabled_reason: null,
    });
    expect(answer.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const read = await person.client.get<Webhook>(`/api/webhooks/${answer.body.id}`);
    expect(read.body).not.toHaveProperty('secret');
    const { secret, ...shown } = answer.body;
    expect(read.body).toEqual(shown);
    const [row] = await database.query<{ everything: string }>(
      'select e::text as everything from webhook_endpoints e where id = $1',
      [answer.body.id],
    );
    expect(row?.everything).not.toContain(secret.slice(6));
    expect(row?.everything).not.toContain(Buffer.from(secret.slice(6), 'base64').toString('hex'));
  });

  it.each([
    ['url', { url: 'not a url', events: ['*'] }],
    ['url', { url: 'ftp://example.com/', events: ['*'] }],
    ['url', { url: 'http://user:hunter2@127.0.0.1/', events: ['*'] }],
    ['url', { events: ['*'] }],
    ['url', { url: `https://example.com/${'x'.repeat(2048)}`, events: ['*'] }],
    ['events', { url: 'http://127.0.0.1/', events: [] }],
    ['events', { url: 'http://127.0.0.1/' }],
    ['events[1]', { url: 'http://127.0.0.1/', events: ['*', 'api_keys.*'] }],
    ['events[0]', { url: 'http://127.0.0.1/', events: ['webhook.created'] }],
    ['secret', { url: 'http://127.0.0.1/', events: ['*'], secret: 'whsec_mine' }],
    ['enabled', { url: 'http://127.0.0.1/', events: ['*'], enabled: 'yes' }],
  ])('400: names the field %s, and makes nothing', async (field, body) => {
    const before = await database.query('select 1 from webhook_endpoints');
    const answer = await person.client.post('/api/webhooks', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toEqual([field]);
    expect(answer.text).not.toContain('hunter2');
    expect(await database.query('select 1 from webhook_endpoints')).toHaveLength(before.length);
  });

  it('403: a key needs write:webhooks to change, read:webhooks to look', async () => {
    const webhook = await newWebhook(person.client, receiver.url);
    const reader = person.client.with({
      apiKey: (await newKey(person.client, { permissions: ['read:webhooks'] })).key,
    });
    expect((await reader.get('/api/webhooks')).status).toBe(200);
    expect((await reader.get(`/api/webhooks/${webhook.id}/deliveries`)).status).toBe(200);
    const path = `/api/webhooks/${webhook.id}`;
    const refused = await Promise.all([
      reader.post('/api/webhooks', { url: receiver.url, events: ['*'] }),
      reader.patch(path, { enabled: false }),
      reader.delete(path),
      reader.post(`${path}/rotate-secret`, {}),
      reader.post(`${path}/test`),
      reader.post(`${path}/deliveries/redeliver`, { from: '2020-01-01T00:00:00Z' }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
    expect((await person.client.get<Webhook>(path)).body.enabled).toBe(true);
  });

  // two parallel requests must not both find the last place free
  it('409: gives an owner 20 endpoints and no more, also to parallel requests', async () => {
    const other = await newPerson(server.url);
    const answers = await Promise.all(
      Array.from({ length: 26 }, () => other.client.post('/api/webhooks', { url: receiver.url, events: ['*'] })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(6);
    const [first] = (await other.client.get<Page<Webhook>>('/api/webhooks')).body.data;
    expect((await other.client.delete(`/api/webhooks/${first?.id}`)).status).toBe(204);
    expect((await other.client.post('/api/webhooks', { url: receiver.url, events: ['*'] })).status).toBe(201);
  });
});

describe('GET /api/webhooks', () => {
  it('pages through the own endpoints, newest first', async () => {
    const other = await newPerson(server.url);
    const made: string[] = [];
    for (let index = 0; index < 5; index++) made.unshift((await newWebhook(other.client, receiver.url)).id);
    const first = (await other.client.get<Page<Webhook>>('/api/webhooks?limit=3')).body;
    const second = (await other.client.get<Page<Webhook>>(`/api/webhooks?limit=3&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made);
    expect([first.has_more, second.has_more]).toEqual([true, false]);
  });
});

describe('PATCH /api/webhooks/{id}', () => {
  it('changes what it names and leaves the rest, clears a null', async () => {
    const { secret, ...webhook } = await newWebhook(person.client, receiver.url);
    const path = `/api/webhooks/${webhook.id}`;
    expect(secret).toBeDefined();
    const named = await person.client.patch<Webhook>(path, { description: 'x' });
    expect(named.body).toEqual({ ...webhook, description: 'x' });
    const cleared = await person.client.patch<Webhook>(path, { description: null, events: ['user.*'] });
    expect(cleared.body).toEqual({ ...webhook, events: ['user.*'] });
  });

  it('disables: nothing is sent any more; and enables again', async () => {
    const webhook = await newWebhook(person.client, `${receiver.url}?disabled`, ['api_key.created']);
    const path = `/api/webhooks/${webhook.id}`;
    const disabled = await person.client.patch<Webhook>(path, { enabled: false });
    expect(disabled.body).toMatchObject({ enabled: false, disabled_reason: 'owner' });
    expect((await person.client.post(`${path}/test`)).status).toBe(409);
    await newKey(person.client);
    const witness = await newWebhook(person.client, `${receiver.url}?witness`);
    await sendTest(person.client, witness.id);
    await eventually(() => receiver.received.some(({ path: at }) => at.includes('witness')));
    expect(await deliveriesOf(person.client, webhook.id)).toEqual([]);
    const enabled = await person.client.patch<Webhook>(path, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true, disabled_reason: null, disabled_at: null });
    await newKey(person.client);
    await eventually(() => receiver.received.find(({ path: at }) => at.includes('disabled')));
  });
});

describe('POST /api/webhooks/{id}/rotate-secret', () => {
  it('400: refuses a grace period beyond 30 days', async () => {
    const webhook = await newWebhook(person.client, receiver.url);
    for (const grace_period_hours of [-1, 721, 1.5, '24']) {
      const answer = await person.client.post(`/api/webhooks/${webhook.id}/rotate-secret`, { grace_period_hours });
      expect(answer.status).toBe(400);
    }
  });

  it('201: shows a new secret and until when the old one is valid', async () => {
    const webhook = await newWebhook(person.client, receiver.url);
    const rotated = await person.client.post<Webhook>(`/api/webhooks/${webhook.id}/rotate-secret`, {});
    expect(rotated.status).toBe(201);
    expect(rotated.body.secret).not.toBe(webhook.secret);
    const until = Date.parse(rotated.body.previous_secret_expires_at ?? '');
    expect(Math.abs(until - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
  });
});

describe('DELETE /api/webhooks/{id}', () => {
  it('204, the second time too; nothing is left to see or to send to', async () => {
    const webhook = await newWebhook(person.client, `${receiver.url}?deleted`);
    const path = `/api/webhooks/${webhook.id}`;
    expect((await person.client.delete(path)).status).toBe(204);
    expect((await person.client.delete(path)).status).toBe(204);
    expect((await person.client.get(path)).status).toBe(404);
    expect((await person.client.patch(path, { enabled: true })).status).toBe(404);
    expect((await person.client.post(`${path}/test`)).status).toBe(404);
    const list = (await person.client.get<Page<Webhook>>('/api/webhooks?limit=100')).body.data;
    expect(list.map(({ id }) => id)).not.toContain(webhook.id);
  });
});

describe("another owner's webhook", () => {
  // BOLA: every route that takes an id, with the id of somebody else
  it('is 404 on every route, the same as an unknown id, and stays as it is', async () => {
    const webhook = await newWebhook(person.client, receiver.url);
    await sendTest(person.client, webhook.id);
    const [delivery] = await eventually(async () => {
      const found = await deliveriesOf(person.client, webhook.id);
      return found[0]?.status === 'delivered' ? found : null;
    });
    // all of it but the progress of deliveries, which goes on by itself
    const state = () =>
      database.query(
        `select to_jsonb(e) - array['last_sequence', 'lease_holder', 'lease_until', 'next_due_at', 'paused_until'] as endpoint
           from webhook_endpoints e where owner_id = $1 order by id`,
        [person.id],
      );
    const before = await state();
    const { client: stranger } = await newPerson(server.url);
    const answersFor = (id: string, deliveryId: string) =>
      Promise.all([
        stranger.get(`/api/webhooks/${id}`),
        stranger.patch(`/api/webhooks/${id}`, { enabled: false }),
        stranger.patch(`/api/webhooks/${id}`, { url: receiver.url }),
        stranger.delete(`/api/webhooks/${id}`),
        stranger.post(`/api/webhooks/${id}/rotate-secret`, {}),
        stranger.post(`/api/webhooks/${id}/test`),
        stranger.get(`/api/webhooks/${id}/deliveries`),
        stranger.post(`/api/webhooks/${id}/deliveries/redeliver`, { from: '2020-01-01T00:00:00Z', status: 'any' }),
        stranger.post(`/api/webhooks/${id}/deliveries/${deliveryId}/redeliver`),
      ]);
    const shown = (answers: Awaited<ReturnType<typeof answersFor>>) =>
      answers.map(({ status, body }) => ({ status, code: body.code, detail: body.detail }));
    const foreign = shown(await answersFor(webhook.id, delivery?.id ?? ''));
    const unknown = shown(await answersFor('018cf2b8-3c00-7000-8000-000000000000', delivery?.id ?? ''));
    expect(foreign).toEqual(unknown);
    expect(foreign.map(({ status }) => status)).toEqual(foreign.map(() => 404));
    const own = await newWebhook(stranger, receiver.url);
    expect((await stranger.post(`/api/webhooks/${own.id}/deliveries/${delivery?.id}/redeliver`)).status).toBe(404);
    expect(await state()).toEqual(before);
  });
});
