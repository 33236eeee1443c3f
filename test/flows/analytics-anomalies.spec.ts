import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const HOUR_MS = 3_600_000;
/** Away from the end of an hour, so that none ends in the middle of a test. */
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 600_000;
/** Two looks of every process and a flush: what has not been found by then is not found. */
const SETTLE_MS = 3_500;

interface Anomaly {
  readonly id: string;
  readonly kind: string;
  readonly key_id: string;
  readonly details: Record<string, unknown>;
}

let database: TestDatabase;
let servers: [TestServer, TestServer];
let person: Person;

function start(): Promise<TestServer> {
  return startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    TRUSTED_PROXIES: '127.0.0.1',
  });
}

beforeAll(async () => {
  database = await createDatabase();
  servers = await Promise.all([start(), start()]);
  await Promise.all(servers.map((server) => server.setClock(NOW)));
  person = await newPerson(servers[0].url);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

async function use(key: MintedKey, ip: string, path = '/api/compression/stats', server = servers[0]): Promise<number> {
  const client = new Client(server.url, { 'x-api-key': key.key });
  return (await client.get(path, { headers: { 'x-forwarded-for': ip } })).status;
}

async function anomaliesOf(key: MintedKey): Promise<readonly Anomaly[]> {
  const answer = await person.client.get<{ data: Anomaly[] }>(`/api/analytics/anomalies?key_id=${key.id}`);
  return expectStatus(answer, 200).body.data;
}

function eventsOf(key: MintedKey): Promise<{ data: Record<string, unknown> }[]> {
  return database.query(`select data from outbox_events where type = 'api_key.anomaly' and data->>'key_id' = $1`, [
    key.id,
  ]);
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

describe('an anomaly', () => {
  it('is a network that a key was not seen in before, told once by two processes; its first network is none', async () => {
    const key = await newKey(person.client);
    expect(await use(key, '203.0.113.1')).toBe(200);
    const known = 'select from credential_networks where credential_id = $1';
    await eventually(async () => (await database.query(known, [key.id])).length === 1);
    expect(await use(key, '203.0.113.99', undefined, servers[1])).toBe(200);
    await Promise.all(servers.map((server) => use(key, '198.51.100.7', undefined, server)));
    const found = await eventually(async () => {
      const anomalies = await anomaliesOf(key);
      return anomalies.length > 0 && anomalies;
    });
    await settled();
    expect(await anomaliesOf(key)).toEqual(found);
    expect(found).toMatchObject([{ kind: 'new_network', details: { network: '198.51.100.0/24' } }]);
    expect(await eventsOf(key)).toMatchObject([
      { data: { kind: 'new_network', anomaly_id: found[0]?.id, network: '198.51.100.0/24' } },
    ]);
    expect(await use(key, '198.51.100.7')).toBe(200);
    expect((await person.client.delete(`/api/keys/${key.id}`)).status).toBe(204);
    await eventually(async () => (await database.query(known, [key.id])).length === 0);
    expect(await anomaliesOf(key)).toEqual(found);
  }, 30_000);

  it('is a key that is refused at five routes for want of a permission, or twenty times; once each', async () => {
    const [prober, denied, quiet] = [
      await newKey(person.client, { permissions: ['read:compression'] }),
      await newKey(person.client, { allowed_ips: ['203.0.113.0/24'] }),
      await newKey(person.client, { permissions: ['read:compression'] }),
    ];
    const routes = [
      '/api/keys',
      '/api/service-accounts',
      '/api/analytics/usage',
      '/api/analytics/anomalies',
      '/api/analytics/events',
    ];
    for (const path of routes) expect(await use(prober, '203.0.113.1', path)).toBe(403);
    for (const path of routes.slice(1)) expect(await use(quiet, '203.0.113.1', path)).toBe(403);
    for (let call = 0; call < 20; call++)
      expect(await use(denied, '192.0.2.1', undefined, servers[call % 2])).toBe(403);
    await eventually(async () => (await anomaliesOf(prober)).length > 0 && (await anomaliesOf(denied)).length > 0);
    for (let call = 0; call < 20; call++) await use(denied, '192.0.2.1');
    await settled();
    expect(await anomaliesOf(prober)).toMatchObject([{ kind: 'scope_probing', details: { routes: 5 } }]);
    expect(await anomaliesOf(denied)).toMatchObject([{ kind: 'denied_burst' }]);
    expect(await anomaliesOf(quiet)).toEqual([]);
    expect([(await eventsOf(prober)).length, (await eventsOf(denied)).length]).toEqual([1, 1]);
  }, 30_000);

  it('is an hour of three times the busiest one of the past seven days, not a busy hour like those before', async () => {
    const [spiking, steady, young] = [
      await newKey(person.client),
      await newKey(person.client),
      await newKey(person.client),
    ];
    const hour = Math.floor(NOW / HOUR_MS) * HOUR_MS;
    const seed = (key: MintedKey, hours: number, requests: number): Promise<unknown> =>
      database.query(
        `insert into credential_usage (credential_id, bucket, owner_id, requests)
         select $1, $2::timestamptz - n * interval '1 hour', $3, $4 from generate_series(1, $5::int) n`,
        [key.id, new Date(hour), person.id, requests, hours],
      );
    await Promise.all([seed(spiking, 160, 20), seed(steady, 160, 60), seed(young, 3, 5)]);
    await Promise.all(
      [spiking, steady, young].flatMap((key) =>
        Array.from({ length: 110 }, (_, index) => use(key, '203.0.113.1', undefined, servers[index % 2])),
      ),
    );
    await eventually(async () => (await anomaliesOf(spiking)).length > 0);
    await settled();
    expect(await anomaliesOf(spiking)).toMatchObject([{ kind: 'rate_spike', details: { busiest_hour_before: 20 } }]);
    expect([await anomaliesOf(steady), await anomaliesOf(young)]).toEqual([[], []]);
  }, 40_000);

  it('is a spike in the last second of an hour too, which nobody looked at before the hour was over', async () => {
    const key = await newKey(person.client);
    const hour = Math.floor(NOW / HOUR_MS) * HOUR_MS;
    await database.query(
      `insert into usage_hours (owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors)
       values ($1, 'status', $2, $3, '200', 'api_key', 150, 0)`,
      [person.id, new Date(hour - HOUR_MS), key.id],
    );
    await database.query(
      `insert into credential_usage (credential_id, bucket, owner_id, requests)
       select $1, $2::timestamptz - n * interval '1 hour', $3, case n when 1 then 150 else 20 end from generate_series(1, 100) n`,
      [key.id, new Date(hour), person.id],
    );
    const found = await eventually(async () => {
      const anomalies = await anomaliesOf(key);
      return anomalies.length > 0 && anomalies;
    });
    expect(found).toMatchObject([{ kind: 'rate_spike', details: { requests: 150, busiest_hour_before: 20 } }]);
  }, 30_000);

  it('quarantines the key of an owner who wants that, until the owner lets it work again', async () => {
    const owner = await newPerson(servers[0].url);
    expectStatus(await owner.client.patch('/api/key-protection', { quarantine_on: ['new_network'] }), 200);
    const key = await newKey(owner.client);
    expect(await use(key, '203.0.113.1')).toBe(200);
    await eventually(
      async () =>
        (await database.query('select from credential_networks where credential_id = $1', [key.id])).length === 1,
    );
    expect(await use(key, '198.51.100.7')).toBe(200);
    for (const server of servers) {
      await eventually(async () => (await use(key, '203.0.113.1', undefined, server)) === 401);
    }
    expect((await owner.client.get<MintedKey>(`/api/keys/${key.id}`)).body.status).toBe('quarantined');
    expectStatus(await owner.client.post(`/api/keys/${key.id}/release`), 200);
    await settled();
    expect(await use(key, '198.51.100.7')).toBe(200);
    expect(await eventsOf(key)).toHaveLength(1);
  }, 30_000);

  it('is nobody else’s to see', async () => {
    const stranger = await newPerson(servers[0].url);
    const answer = await stranger.client.get<{ data: Anomaly[] }>('/api/analytics/anomalies');
    expect(answer.body.data).toEqual([]);
  });
});
