import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { recordEvents } from '../support/outbox.ts';
import { newKey, newPerson, type Person } from '../support/people.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { newWebhook, type Webhook } from '../support/webhooks.ts';

const EVENTS = 1_000;
/** A little more than a lease lasts: after that another process takes over what a dead one held. */
const LEASE_OVER_MS = 21_000;

let database: TestDatabase;
let api: TestServer;
let receiver: Receiver;
let person: Person;
let webhook: Webhook;
/** Whatever a test leaves running when it fails would keep the whole run from ending. */
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createDatabase();
  receiver = await startReceiver();
  api = await startServer(environment(), 'api');
  person = await newPerson(api.url);
  webhook = await newWebhook(person.client, receiver.url, ['api_key.*']);
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await api.stop();
  await receiver.stop();
  await database.drop();
});

function environment(): Record<string, string> {
  return {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    WEBHOOKS_ALLOW_PRIVATE: 'true',
  };
}

async function startWorker(): Promise<TestServer> {
  const worker = await startServer(environment(), 'worker');
  stops.push(() => worker.stop());
  return worker;
}

async function statuses(): Promise<Record<string, number>> {
  const rows = await database.query<{ status: string; count: number }>(
    'select status, count(*)::int as count from webhook_deliveries where endpoint_id = $1 group by status',
    [webhook.id],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

describe('the API without a worker', () => {
  it('records events and sends nothing', async () => {
    await newKey(person.client);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.received).toEqual([]);
    expect(await statuses()).toEqual({});
  });

  it('wakes the worker of another process, which sends them', async () => {
    const worker = await startWorker();
    await eventually(() => receiver.received.length === 1);
    await newKey(person.client);
    await eventually(() => receiver.received.length === 2);
    expect(await worker.stop()).toBe(0);
  });
});

describe('a worker that is killed between the receipt of a request and the record of it', () => {
  // kill -9 in the midst of a thousand events, again and again
  it('loses none of 1,000 events; repeats have the same webhook-id; every one ends', async () => {
    const before = receiver.received.length;
    await recordEvents(database, person.id, EVENTS);
    let clockAheadMs = 0;
    for (let kills = 0; kills < 3; kills++) {
      const worker = await startWorker();
      await worker.advanceClock(clockAheadMs);
      const seen = receiver.received.length;
      await eventually(() => receiver.received.length >= seen + 150, 30_000);
      await worker.kill();
      clockAheadMs += LEASE_OVER_MS;
    }
    const worker = await startWorker();
    await worker.advanceClock(clockAheadMs);
    await eventually(async () => (await statuses()).delivered === EVENTS + 2, 60_000);
    expect(await worker.stop()).toBe(0);

    const received = receiver.received.slice(before);
    const numbers = received.map(({ event }) => (event.data as { number: number }).number);
    expect(new Set(numbers).size).toBe(EVENTS);
    const idsByNumber = Map.groupBy(received, ({ event }) => (event.data as { number: number }).number);
    for (const requests of idsByNumber.values()) {
      expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    }
    expect(await statuses()).toEqual({ delivered: EVENTS + 2 });
    // a row tells of every request that was ever made
    const [attempts] = await database.query<{ count: number }>('select count(*)::int as count from webhook_attempts');
    expect(attempts?.count).toBeGreaterThanOrEqual(receiver.received.length);
    const [waiting] = await database.query<{ count: number }>(
      'select count(*)::int as count from outbox_events where dispatched_at is null',
    );
    expect(waiting?.count).toBe(0);
  }, 120_000);
});

describe('a worker that is stopped', () => {
  it('lets the request under way end, records it, and gives its leases back at once', async () => {
    const worker = await startWorker();
    const answer = Promise.withResolvers<void>();
    receiver.behave((response) => {
      void answer.promise.then(() => response.end());
    });
    const before = receiver.received.length;
    await recordEvents(database, person.id, 3);
    await eventually(() => receiver.received.length === before + 1);
    const stopped = worker.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    answer.resolve();
    expect(await stopped).toBe(0);
    expect(receiver.received).toHaveLength(before + 1);
    expect(await statuses()).toMatchObject({ pending: 2 });
    const [endpoint] = await database.query<{ lease_holder: string | null }>(
      'select lease_holder from webhook_endpoints where id = $1',
      [webhook.id],
    );
    expect(endpoint?.lease_holder).toBeNull();
    const next = await startWorker();
    await eventually(() => receiver.received.length === before + 3);
    expect(await next.stop()).toBe(0);
  });
});

describe('two workers', () => {
  it('share the work: each event is sent once, and in order', async () => {
    const others = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const owner = await newPerson(api.url);
        const target = await startReceiver();
        stops.push(() => target.stop());
        await newWebhook(owner.client, target.url, ['api_key.*']);
        return { owner, target };
      }),
    );
    const workers = await Promise.all([startWorker(), startWorker()]);
    for (const { owner } of others) await recordEvents(database, owner.id, 150);
    await eventually(() => others.every(({ target }) => target.received.length >= 150), 30_000);
    await Promise.all(workers.map((worker) => worker.stop()));
    for (const { target } of others) {
      const sequence = target.received.map(({ headers }) => Number(headers['x-kindly-sequence']));
      expect(sequence).toEqual(sequence.map((_, index) => index + 1));
    }
  }, 90_000);
});
