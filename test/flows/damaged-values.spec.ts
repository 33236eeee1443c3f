import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { enrol, type Enrolment, totp } from '../support/authenticator.ts';
import { type Answer, Client, type ProblemBody } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { clientCredentialsToken, newOAuthClient } from '../support/oauth.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { signedHeaders } from '../support/signing.ts';
import { deliveriesOf, newWebhook, type Webhook } from '../support/webhooks.ts';

// A disk, a restore or a hand in the tables damages one sealed value. Its owner gets an answer that helps, nobody else
// notices, and the operator reads which row it is.

const STATS = '/api/compression/stats';

let database: TestDatabase;
let server: TestServer;
let anonymous: Client;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    WEBHOOKS_ALLOW_PRIVATE: 'on',
  });
  anonymous = new Client(server.url);
  person = await newPerson(server.url);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** Alters a sealed value, without making it another form. @returns what it is now */
async function damage(table: string, column: string, where: string, id: string): Promise<string> {
  const [row] = await database.query<{ value: string }>(
    `update ${table} set ${column} = overlay(${column} placing '____' from 40) where ${where} = $1 returning ${column} as value`,
    [id],
  );
  if (!row) throw new Error('nothing to damage');
  return row.value;
}

/** The log names the row, and nothing of the value. */
function expectNamed(table: string, row: string, value: string): void {
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.includes('"msg":"a sealed value does not open"') && line.includes(row));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ table, row });
  expect(lines.some((line) => line.includes('"level":"error"'))).toBe(true);
  expect(server.output()).not.toContain(value.slice(-24));
}

function expectUnavailable({ status, body, headers }: Answer<ProblemBody>): void {
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'SRV_002' });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

async function countOf(sql: string, id: string): Promise<number> {
  const [row] = await database.query<{ count: string }>(`select count(*) from ${sql}`, [id]);
  return Number(row?.count);
}

describe('a damaged sealed value', () => {
  it('of a signing secret lets no signed request in, and says what to do: rotate the key', async () => {
    const key = await newKey(person.client);
    const value = await damage('api_keys', 'api_secret_sealed', 'id', key.id);
    const headers = signedHeaders(key, { method: 'GET', target: STATS });
    const answer = await anonymous.get(STATS, { headers });
    expectUnavailable(answer);
    expect(answer.body.detail).toContain('Rotate the key');
    expect(await countOf('spent_nonces where spender_id = $1', key.id)).toBe(0);
    expect((await anonymous.with({ apiKey: key.key }).get(STATS)).status).toBe(200);
    const rotated = await person.client.post<MintedKey>(`/api/keys/${key.id}/rotate`, {});
    expect(rotated.status).toBe(201);
    const again = signedHeaders(rotated.body, { method: 'GET', target: STATS });
    expect((await anonymous.get(STATS, { headers: again })).status).toBe(200);
    expectNamed('api_keys', key.id, value);
  });

  it('of a second factor lets nobody in without it, and locks nobody out', async () => {
    const owner = await newPerson(server.url);
    const app = await enrol(owner);
    const [factor] = await database.query<{ id: string }>('select id from mfa_factors where user_id = $1', [owner.id]);
    const value = await damage('mfa_factors', 'secret_sealed', 'id', factor?.id ?? '');
    const login = (code?: string) =>
      anonymous.post('/api/auth/login', { email: owner.email, password: owner.password, mfa_code: code });
    for (let attempt = 0; attempt < 8; attempt++) expectUnavailable(await login(totp(app.secret)));
    expectUnavailable(await login(app.recoveryCodes[0]));
    expect((await login()).body.code).toBe('AUTH_006');
    expect(await countOf('sessions where user_id = $1', owner.id)).toBe(1);
    expect(await countOf('login_failures where user_id = $1 and locked_until is not null', owner.id)).toBe(0);
    expectNamed('mfa_factors', factor?.id ?? '', value);
  });

  it('of a second factor that is being set up is replaced by beginning again', async () => {
    const owner = await newPerson(server.url);
    const begin = () => owner.client.post<Enrolment>('/api/auth/mfa/enable', { password: owner.password });
    const first = await begin();
    const [factor] = await database.query<{ id: string }>('select id from mfa_factors where user_id = $1', [owner.id]);
    await damage('mfa_factors', 'secret_sealed', 'id', factor?.id ?? '');
    const refused = await owner.client.post('/api/auth/mfa/verify', { code: totp(first.body.secret) });
    expect(refused).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    const second = await begin();
    expect((await owner.client.post('/api/auth/mfa/verify', { code: totp(second.body.secret) })).status).toBe(200);
  });

  it('of a kept answer counts as one that is not kept any more', async () => {
    const create = () =>
      person.client.post<MintedKey>(
        '/api/keys',
        { name: 'Once' },
        { headers: { 'idempotency-key': 'damaged-answer' } },
      );
    const first = await create();
    const [kept] = await database.query<{ scope: string }>(
      'select scope from idempotency_keys where resource_id = $1',
      [first.body.id],
    );
    const value = await damage('idempotency_keys', 'answer_sealed', 'scope', kept?.scope ?? '');
    const repeated = await create();
    expect(repeated).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    expect(repeated.text).toContain(first.body.id);
    expect(await countOf("api_keys where name = 'Once' and owner_id = $1", person.id)).toBe(1);
    expectNamed('idempotency_keys', kept?.scope ?? '', value);
  });

  it('of a webhook holds up that endpoint alone, until its secret is replaced', async () => {
    const owner = await newPerson(server.url);
    const [sound, damaged] = [await startReceiver(), await startReceiver()];
    try {
      await newWebhook(owner.client, sound.url, ['api_key.created']);
      const webhook = await newWebhook(owner.client, damaged.url, ['api_key.created']);
      const value = await damage('webhook_endpoints', 'secret_sealed', 'id', webhook.id);
      await newKey(owner.client);
      await eventually(() => sound.of('api_key.created').length === 1);
      await eventually(() => server.output().includes(webhook.id));
      expect(damaged.received).toEqual([]);
      expectNamed('webhook_endpoints', webhook.id, value);
      // with a grace period, in which the damaged one would sign beside the new one
      const rotated = await owner.client.post<Webhook>(`/api/webhooks/${webhook.id}/rotate-secret`, {
        grace_period_hours: 24,
      });
      expect(rotated.status).toBe(201);
      await server.advanceClock(61_000);
      await eventually(() => damaged.of('api_key.created').length === 1);
      expect(damaged.received[0]?.headers['x-kindly-signature-next']).toBeUndefined();
      await eventually(async () => (await deliveriesOf(owner.client, webhook.id))[0]?.status === 'delivered');
    } finally {
      await Promise.all([sound.stop(), damaged.stop()]);
    }
  });

  it('of the signing key of OAuth takes that key alone out of use', async () => {
    const client = await newOAuthClient(person.client, { access_token_format: 'jwt' });
    const kidOf = (token: string): string | undefined => decodeProtectedHeader(token).kid;
    const kids = async (): Promise<(string | undefined)[]> => {
      const { status, body } = await anonymous.get<{ keys: { kid?: string }[] }>('/oauth/jwks');
      expect(status).toBe(200);
      return body.keys.map(({ kid }) => kid);
    };
    const old = kidOf(await clientCredentialsToken(server.url, client));
    expect(await kids()).toEqual([old]);
    const [row] = await database.query<{ id: string }>('select id from oauth_signing_keys');
    const value = await damage('oauth_signing_keys', 'private_key_sealed', 'id', row?.id ?? '');
    await server.advanceClock(61_000);
    const token = await clientCredentialsToken(server.url, client);
    expect(kidOf(token)).not.toBe(old);
    expect(await kids()).toEqual([kidOf(token)]);
    expectNamed('oauth_signing_keys', row?.id ?? '', value);
    // one sound key is enough: no further one is made
    await server.advanceClock(61_000);
    expect(await kids()).toEqual([kidOf(token)]);
    expect(await database.query('select from oauth_signing_keys')).toHaveLength(2);
  });

  it('has made none of these requests fail as an internal error', () => {
    expect(server.output()).not.toContain('SRV_001');
  });
});
