import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { recordEvents } from '../support/outbox.ts';
import { newPerson, type Person } from '../support/people.ts';
import { accept, answerWith, type Receiver, startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { deliveriesOf, deliveryOf, newWebhook, sendTest, type Webhook } from '../support/webhooks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let database: TestDatabase;
let server: TestServer;
let receiver: Receiver;
let person: Person;
let webhook: Webhook;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    WEBHOOKS_ALLOW_PRIVATE: 'true',
  });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

beforeEach(async () => {
  await server.setClock(Date.now());
  receiver = await startReceiver();
  person = await newPerson(server.url);
  webhook = await newWebhook(person.client, receiver.url, ['api_key.*']);
});

afterEach(() => receiver.stop());

async function read(): Promise<Webhook> {
  // a session does not live for days
  const [row] = await database.query<Webhook>(
    `select id, disabled_reason, disabled_at is null as enabled from webhook_endpoints where id = $1`,
    [webhook.id],
  );
  if (!row) throw new Error('the endpoint is gone');
  return row;
}

interface Row {
  readonly status: string;
  readonly failures: number;
  readonly next_attempt_at: Date | null;
  readonly attempts: number;
}

/** The delivery of an event as it is stored; past the API, whose sessions do not outlive the days that pass here. */
async function stored(eventId: string): Promise<Row> {
  const [row] = await database.query<Row>(
    `select status, failures, next_attempt_at,
            (select count(*)::int from webhook_attempts where delivery_id = d.id and outcome is not null) as attempts
       from webhook_deliveries d where event_id = $1 and endpoint_id = $2`,
    [eventId, webhook.id],
  );
  return row ?? { status: 'none', failures: 0, next_attempt_at: null, attempts: 0 };
}

function attempted(eventId: string, attempts: number): Promise<Row> {
  return eventually(async () => {
    const row = await stored(eventId);
    return row.attempts >= attempts ? row : null;
  });
}

describe('a delivery that fails', () => {
  it('is attempted ten times over about 75 hours, under one webhook-id, and then ends', async () => {
    receiver.behave(answerWith(500));
    const eventId = await sendTest(person.client, webhook.id);
    let now = await server.advanceClock(0);
    const began = now;
    for (let attempt = 1; attempt < 10; attempt++) {
      const row = await attempted(eventId, attempt);
      expect(row).toMatchObject({ status: 'pending', failures: attempt, attempts: attempt });
      now = await server.setClock((row.next_attempt_at?.getTime() ?? 0) + 1_000);
      // a pause of the endpoint may outlast the wait of the delivery, by minutes
      if (attempt >= 5) now = await server.advanceClock(5 * MINUTE);
    }
    const row = await attempted(eventId, 10);
    expect(row).toMatchObject({ status: 'failed', failures: 10, next_attempt_at: null });
    expect((now - began) / HOUR).toBeGreaterThan(67);
    expect((now - began) / HOUR).toBeLessThan(84);
    await server.advanceClock(2 * DAY);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.received).toHaveLength(10);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([eventId]));
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
  }, 90_000);

  it('is attempted no more once it has been received', async () => {
    let answers = 0;
    receiver.behave((response, got) => (++answers <= 2 ? answerWith(502) : accept)(response, got));
    const eventId = await sendTest(person.client, webhook.id);
    await attempted(eventId, 1);
    await server.advanceClock(7_000);
    await attempted(eventId, 2);
    await server.advanceClock(6 * MINUTE);
    expect(await attempted(eventId, 3)).toMatchObject({ status: 'delivered', next_attempt_at: null });
    await server.advanceClock(2 * HOUR);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.received).toHaveLength(3);
  });

  it('waits for as long as Retry-After asks, and the others with it', async () => {
    receiver.behave(answerWith(429, { 'retry-after': '120' }));
    const eventId = await sendTest(person.client, webhook.id);
    await attempted(eventId, 1);
    await recordEvents(database, person.id, 2);
    await server.advanceClock(100_000);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.received).toHaveLength(1);
    receiver.behave(accept);
    await server.advanceClock(30_000);
    await eventually(() => receiver.received.length === 4);
    expect((await attempted(eventId, 2)).status).toBe('delivered');
  });

  it('does not hold up the events after it', async () => {
    receiver.behave((response, got) => (got.event.type === 'webhook.test' ? answerWith(500) : accept)(response, got));
    const eventId = await sendTest(person.client, webhook.id);
    await attempted(eventId, 1);
    await recordEvents(database, person.id, 3);
    await eventually(() => receiver.of('api_key.updated').length === 3);
    const sequence = receiver.of('api_key.updated').map(({ headers }) => headers['x-kindly-sequence']);
    expect(sequence).toEqual(['2', '3', '4']);
    expect((await stored(eventId)).status).toBe('pending');
  });
});

describe('an endpoint', () => {
  it('that answers 410 is disabled at once, and its owner is told through the others', async () => {
    const other = await startReceiver();
    await newWebhook(person.client, other.url, ['webhook.disabled']);
    receiver.behave(answerWith(410));
    const eventId = await sendTest(person.client, webhook.id);
    const [told] = await eventually(() => (other.received.length > 0 ? other.received : null));
    expect(told?.event).toMatchObject({
      type: 'webhook.disabled',
      data: { webhook_id: webhook.id, reason: 'gone' },
    });
    expect(await stored(eventId)).toMatchObject({ status: 'failed', attempts: 1 });
    expect((await person.client.get<Webhook>(`/api/webhooks/${webhook.id}`)).body).toMatchObject({
      enabled: false,
      disabled_reason: 'gone',
    });
    await other.stop();
  });

  it('that fails for five days is disabled, says so, and leaves nothing waiting', async () => {
    const other = await startReceiver();
    await newWebhook(person.client, other.url, ['webhook.disabled']);
    receiver.behave(answerWith(500));
    const first = await sendTest(person.client, webhook.id);
    await attempted(first, 1);
    await server.advanceClock(5 * DAY - HOUR);
    await attempted(first, 2);
    expect(await read()).toMatchObject({ enabled: true });
    await recordEvents(database, person.id, 1);
    await eventually(async () => (await stored(first)).attempts >= 2 && receiver.received.length >= 3);
    await server.advanceClock(2 * HOUR);
    const [told] = await eventually(() => (other.received.length > 0 ? other.received : null));
    expect(told?.event).toMatchObject({ type: 'webhook.disabled', data: { reason: 'failing' } });
    expect(await read()).toMatchObject({ enabled: false, disabled_reason: 'failing' });
    const waiting = await database.query(
      `select 1 from webhook_deliveries where endpoint_id = $1 and status = 'pending'`,
      [webhook.id],
    );
    expect(waiting).toEqual([]);
    await other.stop();
  });

  // otherwise a backlog for a dead receiver would cost ten times fifteen seconds for each of its events
  it('that fails five times in a row is left alone, then tried with a single delivery', async () => {
    receiver.behave(answerWith(500));
    await recordEvents(database, person.id, 50);
    await eventually(() => receiver.received.length === 5);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.received).toHaveLength(5);
    await server.advanceClock(11_000);
    await eventually(() => receiver.received.length === 6);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.received).toHaveLength(6);
    receiver.behave(accept);
    await server.advanceClock(30_000);
    await eventually(async () => {
      const rows = await deliveriesOf(person.client, webhook.id, '&status=delivered');
      return rows.length >= 44;
    }, 20_000);
  });
});

describe('a secret that is being replaced', () => {
  it('signs until its deadline, to the second; a grace period of 0 ends it at once', async () => {
    const path = `/api/webhooks/${webhook.id}/rotate-secret`;
    await person.client.post(path, { grace_period_hours: 1 });
    const during = await sendTest(person.client, webhook.id);
    await deliveryOf(person.client, webhook.id, during, ({ status }) => status === 'delivered');
    expect(receiver.received[0]?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect(receiver.received[0]?.headers['x-kindly-signature-next']).toMatch(/^[0-9a-f]{64}$/);
    // a session lives for an hour as well
    await server.advanceClock(HOUR - 5 * MINUTE);
    await person.client.post(path, { grace_period_hours: 0 });
    const after = await sendTest(person.client, webhook.id);
    await deliveryOf(person.client, webhook.id, after, ({ status }) => status === 'delivered');
    expect(receiver.received[1]?.headers['webhook-signature']).toMatch(/^v1,\S+$/);
    expect(receiver.received[1]?.headers).not.toHaveProperty('x-kindly-signature-next');
  });
});
