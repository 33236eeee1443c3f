import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { keyStatus } from '../support/key-status.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const reporter = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const IDENTIFIER = '90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a';
const URL_OF_LEAK = 'https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo.txt';

interface Verdict {
  readonly token_hash: string;
  readonly token_type: string;
  readonly label: string;
}

let database: TestDatabase;
let servers: [TestServer, TestServer];
let person: Person;

function start(): Promise<TestServer> {
  const key = reporter.publicKey.export({ format: 'pem', type: 'spki' });
  return startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    LEAK_REPORT_KEYS: JSON.stringify({ public_keys: [{ key_identifier: IDENTIFIER, key, is_current: true }] }),
  });
}

beforeAll(async () => {
  database = await createDatabase();
  servers = await Promise.all([start(), start()]);
  person = await newPerson(servers[0].url);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

/** Sends a report as GitHub does. */
function report(tokens: readonly string[], privateKey = reporter.privateKey): Promise<Answer<Verdict[]>> {
  const raw = JSON.stringify(
    tokens.map((token) => ({ token, type: 'kindly_api_key', url: URL_OF_LEAK, source: 'content', extra: 1 })),
  );
  return new Client(servers[0].url).post<Verdict[]>('/api/keys/report-leak', undefined, {
    raw,
    headers: {
      'github-public-key-identifier': IDENTIFIER,
      'github-public-key-signature': createSign('sha256').update(raw).sign(privateKey, 'base64'),
    },
  });
}

function eventsOf(key: MintedKey): Promise<{ type: string; owner_id: string; data: Record<string, unknown> }[]> {
  return database.query(
    `select type, owner_id, data from outbox_events where data->>'key_id' = $1 and type <> 'api_key.created' order by sequence`,
    [key.id],
  );
}

async function statusOf(key: MintedKey, owner = person): Promise<string> {
  return (await owner.client.get<MintedKey>(`/api/keys/${key.id}`)).body.status;
}

/** A user with other wishes than the defaults. */
async function personWith(protection: Record<string, unknown>): Promise<Person> {
  const owner = await newPerson(servers[0].url);
  expectStatus(await owner.client.patch('/api/key-protection', protection), 200);
  return owner;
}

describe('a signed leak report', () => {
  it('revokes the key on every process, with what it has minted, and tells the owner where it was found', async () => {
    const key = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    const minted = await newKey(new Client(servers[0].url, { 'x-api-key': key.key }));
    expect(await keyStatus(servers[1], key)).toBe(200);
    const answer = expectStatus(await report([key.key, 'kapi_prod_00000000000000000000000000000000', 'ghp_x']), 200);
    expect(answer.body.map(({ label }) => label)).toEqual(['true_positive', 'false_positive', 'false_positive']);
    expect(answer.text).not.toContain(key.key);
    for (const ended of [key, minted]) {
      expect(await keyStatus(servers[0], ended)).toBe(401);
      await until(async () => (await keyStatus(servers[1], ended)) === 401, 5_000);
    }
    const [revoked, anomaly, ...rest] = await eventsOf(key);
    expect(rest).toEqual([]);
    expect(revoked).toMatchObject({ type: 'api_key.revoked', owner_id: person.id, data: { reason: 'leaked' } });
    expect(anomaly).toMatchObject({
      type: 'api_key.anomaly',
      data: { kind: 'leaked', url: URL_OF_LEAK, source: 'content', action: 'revoke' },
    });
    const listed = await person.client.get<{ data: unknown[] }>(`/api/analytics/anomalies?key_id=${key.id}`);
    expect(listed.body.data).toMatchObject([{ id: anomaly?.data.anomaly_id, kind: 'leaked', key_id: key.id }]);
  });

  it('that comes again changes nothing and tells nothing', async () => {
    const key = await newKey(person.client);
    await report([key.key]);
    const told = (await eventsOf(key)).length;
    expect((await report([key.key])).body[0]?.label).toBe('true_positive');
    expect(await eventsOf(key)).toHaveLength(told);
  });

  it('quarantines the key of an owner who wants that, until the owner lets it work again', async () => {
    const owner = await personWith({ on_leak: 'quarantine' });
    const key = await newKey(owner.client, { permissions: ['*', 'write:keys'] });
    await report([key.key]);
    expect(await keyStatus(servers[0], key)).toBe(401);
    expect(await statusOf(key, owner)).toBe('quarantined');
    expect((await eventsOf(key)).map(({ type }) => type)).toEqual(['api_key.quarantined', 'api_key.anomaly']);
    const other = await newKey(owner.client, { permissions: ['*', 'write:keys'] });
    const byKey = await new Client(servers[0].url, { 'x-api-key': other.key }).post(`/api/keys/${key.id}/release`);
    expect(byKey).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
    expect(await keyStatus(servers[0], key)).toBe(401);
    expectStatus(await owner.client.post(`/api/keys/${key.id}/release`), 200);
    expect(await keyStatus(servers[0], key)).toBe(200);
    expect(await owner.client.post(`/api/keys/${key.id}/release`)).toMatchObject({ status: 409 });
  });

  it('only tells the owner who wants no more than that', async () => {
    const owner = await personWith({ on_leak: 'alert' });
    const key = await newKey(owner.client);
    await report([key.key]);
    expect(await keyStatus(servers[0], key)).toBe(200);
    expect(await eventsOf(key)).toMatchObject([{ type: 'api_key.anomaly', data: { action: 'alert' } }]);
    // a scanner that repeats itself
    await report([key.key]);
    expect(await eventsOf(key)).toHaveLength(1);
  });

  it('ends an expired key too, so that nobody lets it live again', async () => {
    const key = await newKey(person.client);
    await database.query("update api_keys set expires_at = now() - interval '1 hour' where id = $1", [key.id]);
    await report([key.key]);
    expect(await statusOf(key, person)).toBe('revoked');
    const revival = await person.client.patch(`/api/keys/${key.id}`, { expires_at: null });
    expect(revival).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    expect((await eventsOf(key)).map(({ type }) => type)).toEqual(['api_key.revoked', 'api_key.anomaly']);
  });

  it('tells the owner of a key that was quarantined for something else, before it is released', async () => {
    const owner = await personWith({ on_leak: 'quarantine' });
    const key = await newKey(owner.client);
    await database.query('update api_keys set quarantined_at = now() where id = $1', [key.id]);
    await report([key.key]);
    expect(await eventsOf(key)).toMatchObject([{ type: 'api_key.anomaly', data: { kind: 'leaked' } }]);
  });
});

describe('a forged leak report', () => {
  it('changes nothing: another signer, a signature of other bytes, none', async () => {
    const key = await newKey(person.client);
    const body = [{ token: key.key, type: 'kindly_api_key', url: URL_OF_LEAK, source: 'content' }];
    const client = new Client(servers[0].url);
    const forged = [
      await report([key.key], stranger.privateKey),
      await client.post('/api/keys/report-leak', body),
      await client.post('/api/keys/report-leak', body, {
        headers: {
          'github-public-key-identifier': IDENTIFIER,
          'github-public-key-signature': createSign('sha256').update('[]').sign(reporter.privateKey, 'base64'),
        },
      }),
    ];
    for (const answer of forged) expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_011' } });
    expect(await keyStatus(servers[0], key)).toBe(200);
    expect(await eventsOf(key)).toEqual([]);
  });

  it('is refused where no reporter is configured', async () => {
    const closed = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
    try {
      const answer = await new Client(closed.url).post('/api/keys/report-leak', [{ token: 'x' }]);
      expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_011' } });
    } finally {
      await closed.stop();
    }
  });
});

describe('who has a key', () => {
  function selfRevoke(body?: unknown, headers: Record<string, string> = {}) {
    return new Client(servers[0].url, headers).post('/api/keys/self-revoke', body);
  }

  it('can revoke it by sending it, whatever it may do and from wherever', async () => {
    const key = await newKey(person.client, { permissions: ['read:analytics'], allowed_ips: ['192.0.2.0/24'] });
    const bystander = await newKey(person.client);
    expect((await selfRevoke(undefined, { 'x-api-key': key.key })).status).toBe(204);
    expect(await statusOf(key)).toBe('revoked');
    expect(await eventsOf(key)).toMatchObject([{ type: 'api_key.revoked', data: { reason: 'self_revoked' } }]);
    expect(await keyStatus(servers[0], bystander)).toBe(200);
  });

  it('can revoke one that demands signatures by sending it in the body, twice without harm', async () => {
    const key = await newKey(person.client, { require_signature: true });
    expect((await selfRevoke(undefined, { 'x-api-key': key.key })).body.code).toBe('AUTH_011');
    expect((await selfRevoke({ key: key.key })).status).toBe(204);
    expect((await selfRevoke({ key: key.key })).status).toBe(204);
    expect(await statusOf(key)).toBe('revoked');
    expect(await eventsOf(key)).toHaveLength(1);
  });

  it('is the only one who can: no key, a lookalike or a session revoke nothing', async () => {
    expect((await selfRevoke()).body.code).toBe('AUTH_008');
    expect((await selfRevoke({ key: 'kapi_prod_00000000000000000000000000000000' })).body.code).toBe('AUTH_004');
    expect((await person.client.post('/api/keys/self-revoke')).body.code).toBe('AUTH_009');
    expect((await selfRevoke({ id: person.id })).status).toBe(400);
  });
});

describe('the protection of keys', () => {
  it('is at its defaults, changes by what is named, and is out of reach for keys', async () => {
    const owner = await newPerson(servers[0].url);
    const defaults = { on_leak: 'revoke', quarantine_on: [], updated_at: null };
    expect((await owner.client.get('/api/key-protection')).body).toEqual(defaults);
    const changed = await owner.client.patch('/api/key-protection', { quarantine_on: ['new_network', 'new_network'] });
    expect(changed.body).toMatchObject({ on_leak: 'revoke', quarantine_on: ['new_network'] });
    expect((await owner.client.patch('/api/key-protection', { on_leak: 'ignore' })).status).toBe(400);
    const key = await newKey(owner.client, { permissions: ['*', 'write:keys'] });
    const byKey = await new Client(servers[0].url, { 'x-api-key': key.key }).patch('/api/key-protection', {
      on_leak: 'alert',
    });
    expect(byKey).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
    expect((await owner.client.get('/api/key-protection')).body).toMatchObject({ on_leak: 'revoke' });
  });
});
