import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Authenticator, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newOAuthClient } from '../../support/oauth.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { newServiceAccount } from '../../support/service-accounts.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let server: TestServer;
let now: number;
let person: Person;
let app: Authenticator;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  now = await server.setClock(Date.UTC(2030, 0, 1));
  person = await newPerson(server.url);
  app = await enrol(person, () => now);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function demandStepUp(isDemanded: boolean): Promise<void> {
  await database.query(
    `insert into access_policies (id, step_up_before_minting) values ('installation', $1)
     on conflict (id) do update set step_up_before_minting = excluded.step_up_before_minting`,
    [isDemanded],
  );
}

const mint = (client: Client) => client.post('/api/keys', { name: 'A key' });
const stepUp = (client: Client, code: string) => client.post('/api/auth/mfa/step-up', { code });

describe('minting while administrators demand a step-up', () => {
  it('is free by default', async () => {
    expect((await mint(person.client)).status).toBe(201);
  });

  it('401 AUTH_006 from a session that has not stepped up, and no key is made', async () => {
    await demandStepUp(true);
    const answer = await mint(person.client);
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect(answer.body.detail).toContain('/api/auth/mfa/step-up');
    expect(await database.query('select 1 from api_keys where owner_id = $1', [person.id])).toHaveLength(1);
  });

  it('201 for ten minutes after a step-up, then 401 again', async () => {
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(person.client, totp(app.secret, now))).status).toBe(204);
    expect((await mint(person.client)).status).toBe(201);
    now = await server.advanceClock(9 * MINUTE_MS);
    expect((await mint(person.client)).status).toBe(201);
    now = await server.advanceClock(MINUTE_MS + 1000);
    expect((await mint(person.client)).status).toBe(401);
  });

  it('is not opened by a wrong code, a used code, or the step-up of another session', async () => {
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(person.client, wrongCode(app.secret, now))).status).toBe(401);
    expect((await mint(person.client)).status).toBe(401);
    const { email, password } = person;
    const code = totp(app.secret, now);
    const login = { email, password, mfa_code: code };
    const other = await new Client(server.url).post<{ access_token: string }>('/api/auth/login', login);
    const otherSession = new Client(server.url).with({ bearer: other.body.access_token });
    expect((await stepUp(otherSession, code)).status).toBe(401);
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(otherSession, totp(app.secret, now))).status).toBe(204);
    expect((await mint(otherSession)).status).toBe(201);
    expect((await mint(person.client)).status).toBe(401);
  });

  it('does not hold back a key that was given the right to mint', async () => {
    await demandStepUp(false);
    const { key } = await newKey(person.client, { permissions: ['write:keys'] });
    await demandStepUp(true);
    expect((await mint(new Client(server.url).with({ apiKey: key }))).status).toBe(201);
  });

  it('409 at the step-up of a user without MFA', async () => {
    const other = await newPerson(server.url);
    expect(await stepUp(other.client, '123456')).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
  });
});

const jwks = () => ({ keys: [generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })] });
const KEYED = { token_endpoint_auth_method: 'private_key_jwt', grant_types: ['authorization_code'] };

/** What exists before anybody demands a step-up: a narrow key, a disabled account, a client with a key of its own. */
async function holdings({ client }: Person) {
  const key = await newKey(client, {
    permissions: ['read:compression', 'read:keys'],
    allowed_ips: ['127.0.0.1'],
    denied_ips: ['10.0.0.1'],
    expires_at: '2030-06-01T00:00:00Z',
    quota: { limit: 10, period: 'day' },
    require_signature: true,
    min_signature: 'rfc9421',
  });
  expectStatus(await client.delete(`/api/keys/${key.id}?delay_hours=48`), 204);
  const account = await newServiceAccount(client, { permissions: ['read:compression'] });
  const resting = await newServiceAccount(client);
  expectStatus(await client.patch(`/api/service-accounts/${resting.id}`, { enabled: false }), 200);
  const application = await newOAuthClient(client, { ...KEYED, scopes: ['read:compression'], jwks: jwks() });
  return {
    key: `/api/keys/${key.id}`,
    account: `/api/service-accounts/${account.id}`,
    resting: `/api/service-accounts/${resting.id}`,
    app: `/api/oauth/clients/${application.id}`,
  };
}

type Holding = keyof Awaited<ReturnType<typeof holdings>>;

describe('widening while administrators demand a step-up', () => {
  let owned: Record<Holding, string>;
  let quarantined: string;
  beforeAll(async () => {
    await demandStepUp(false);
    owned = await holdings(person);
    quarantined = (await newKey(person.client)).id;
    await database.query('update api_keys set quarantined_at = now() where id = $1', [quarantined]);
    await demandStepUp(true);
    now = await server.advanceClock(11 * MINUTE_MS);
    // the clock has gone past the life of the access token
    const login = { email: person.email, password: person.password, mfa_code: totp(app.secret, now) };
    const { body } = await new Client(server.url).post<{ access_token: string }>('/api/auth/login', login);
    person = { ...person, client: person.client.with({ bearer: body.access_token }) };
  });

  // a stolen session must not make of an old credential what it may not mint anew
  it.each<[Holding, string, () => object]>([
    ['key', 'permissions', () => ({ permissions: ['read:compression', 'read:keys', 'write:keys'] })],
    ['key', 'networks', () => ({ allowed_ips: ['127.0.0.1', '203.0.113.1'] })],
    ['key', 'any network', () => ({ allowed_ips: null })],
    ['key', 'a longer life', () => ({ expires_at: '2030-07-01T00:00:00Z', revoke_at: null })],
    ['key', 'a taken back end', () => ({ revoke_at: null })],
    ['key', 'a larger quota', () => ({ quota: { limit: 11, period: 'day' } })],
    ['key', 'no quota', () => ({ quota: null })],
    ['key', 'unsigned requests', () => ({ require_signature: false })],
    ['key', 'a weaker scheme', () => ({ min_signature: 'v1' })],
    ['account', 'permissions', () => ({ permissions: ['read:compression', 'read:keys'] })],
    ['resting', 'being enabled', () => ({ enabled: true })],
    ['app', 'other keys', () => ({ jwks: jwks() })],
    ['app', 'scopes', () => ({ scopes: ['read:compression', 'read:keys'] })],
    ['app', 'redirect URIs', () => ({ redirect_uris: ['https://elsewhere.example/callback'] })],
    ['app', 'grant types', () => ({ grant_types: ['authorization_code', 'client_credentials'] })],
  ])(
    '%s: 401 for %s by PATCH from a session that has not stepped up, and nothing changes',
    async (kind, _what, body) => {
      const before = await person.client.get(owned[kind]);
      expect(await person.client.patch(owned[kind], body())).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
      expect((await person.client.get(owned[kind])).body).toEqual(before.body);
    },
  );

  it('401 for the release of a quarantined key, which stays where it is', async () => {
    expect(await person.client.post(`/api/keys/${quarantined}/release`)).toMatchObject({
      status: 401,
      body: { code: 'AUTH_006' },
    });
    expect((await person.client.get(`/api/keys/${quarantined}`)).body).toMatchObject({ status: 'quarantined' });
  });

  it.each<[Holding, object]>([
    ['key', { permissions: ['read:compression'], allowed_ips: ['127.0.0.1'], name: 'Narrower' }],
    ['key', { quota: { limit: 9, period: 'day' }, expires_at: '2030-05-01T00:00:00Z' }],
    ['account', { permissions: ['read:compression'], name: 'Renamed', enabled: false }],
    ['app', { name: 'Renamed', redirect_uris: ['https://app.example.com/callback'], scopes: ['read:compression'] }],
  ])('%s: narrowing, renaming and repeating stay free: %j', async (kind, body) => {
    expect(await person.client.patch(owned[kind], body)).toMatchObject({ status: 200, body });
  });

  it('what GET answers of a client can be sent back, its keys included', async () => {
    const { body } = await person.client.get<Record<string, unknown>>(owned.app);
    const { jwks: keys, redirect_uris, grant_types, scopes } = body;
    const again = await person.client.patch(owned.app, { jwks: keys, redirect_uris, grant_types, scopes });
    expect(again.status).toBe(200);
  });

  it('200 once the session has stepped up', async () => {
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(person.client, totp(app.secret, now))).status).toBe(204);
    expect((await person.client.patch(owned.app, { jwks: jwks() })).status).toBe(200);
    expect((await person.client.patch(owned.key, { permissions: ['*'] })).status).toBe(200);
    expect((await person.client.patch(owned.resting, { enabled: true })).status).toBe(200);
    expect((await person.client.post(`/api/keys/${quarantined}/release`)).status).toBe(200);
  });
});

describe('a kept answer with a secret', () => {
  it('is not replayed to the session once its step-up has faded', async () => {
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(person.client, totp(app.secret, now))).status).toBe(204);
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const mintOnce = () => person.client.post('/api/keys', { name: 'Once' }, { headers });
    expect((await mintOnce()).status).toBe(201);
    await database.query('delete from mfa_step_ups');
    const again = await mintOnce();
    expect(again).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect(again.text).not.toContain('kapi_');
  });
});
