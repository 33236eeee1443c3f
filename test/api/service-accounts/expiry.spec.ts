import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../../support/server.ts';
import {
  assertionOf,
  clientOf,
  JWT_BEARER,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
  type TokenBody,
} from '../../support/service-accounts.ts';
import { until } from '../../support/until.ts';

const STATS = '/api/compression/stats';
const DAY_MS = 86_400_000;
let database: TestDatabase;
let server: TestServer;
let person: Person;
let account: ServiceAccountBody;

const start = (jwtSecrets: string): Promise<TestServer> =>
  startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    JWT_SECRETS: jwtSecrets,
  });

beforeAll(async () => {
  database = await createDatabase();
  server = await start(TEST_SECRETS.JWT_SECRETS);
  person = await newPerson(server.url);
  account = await newServiceAccount(person.client);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** The present of the server in seconds. */
const serverNow = async (): Promise<number> => Math.floor((await server.advanceClock(0)) / 1000);

/** Asks for a token with an assertion of the server's present. */
async function grant(of: { id: string; private_key: string } = account): Promise<TokenBody> {
  const now = await serverNow();
  const assertion = assertionOf(of, { claims: { iat: now, exp: now + 60 } });
  return (await requestToken(server.url, { grant_type: JWT_BEARER, assertion })).body;
}

describe('the owner of a service account', () => {
  it('takes it along: disabled, its tokens end; no longer an administrator, it is none either', async () => {
    const owner = await newPerson(server.url);
    await database.query("update users set role = 'admin' where id = $1", [owner.id]);
    const { body } = await owner.client.post<ServiceAccountBody>('/api/service-accounts', {
      name: 'robot',
      permissions: ['admin:users', 'read:compression'],
    });
    expect((await grant(body)).scope).toBe('read:compression admin:users');
    const client = await clientOf(server.url, body);
    // as the code that does it announces it
    const change = (sql: string): Promise<unknown> =>
      database.query(
        `with changed as (${sql} returning id) select pg_notify('kindly_invalidation', 'owner:' || id) from changed`,
      );
    await change(`update users set role = 'user' where id = '${owner.id}'`);
    await until(async () => (await grant(body)).scope === 'read:compression', 1_000);
    await change(`update users set disabled_at = now() where id = '${owner.id}'`);
    await until(async () => (await client.get(STATS)).body.code === 'AUTH_002', 1_000);
    await until(async () => (await grant(body)).error === 'invalid_grant', 1_000);
  });
});

describe('secrets that are rotated', () => {
  it('leave the tokens of the earlier one valid for as long as it is among them', async () => {
    const client = await clientOf(server.url, account);
    const next = 'another-jwt-secret-0123456789abcdefghij';
    const rotating = await start(`${next},${TEST_SECRETS.JWT_SECRETS}`);
    expect((await client.at(rotating.url).get(STATS)).status).toBe(200);
    const { body } = await requestToken(rotating.url, { grant_type: JWT_BEARER, assertion: assertionOf(account) });
    await rotating.stop();
    const rotated = await start(next);
    expect((await client.at(rotated.url).get(STATS)).body.code).toBe('AUTH_003');
    const fresh = new Client(rotated.url).with({ bearer: body.access_token });
    expect((await fresh.get(STATS)).status).toBe(200);
    await rotated.stop();
  });
});

// these move the clock, so they come last
describe('the time', () => {
  it('ends a token after an hour, to the second', async () => {
    const client = await clientOf(server.url, account);
    await server.advanceClock(3_590_000);
    expect((await client.get(STATS)).status).toBe(200);
    await server.advanceClock(11_000);
    expect((await client.get(STATS)).body.code).toBe('AUTH_002');
  });

  it('ends a token with the key that it was granted to, and never later than the credential behind the account', async () => {
    const now = await serverNow();
    const expires_at = `${new Date((now + 1_800) * 1000).toISOString().slice(0, 19)}Z`;
    const { client } = await newPerson(server.url);
    const own = await newServiceAccount(client);
    const added = await client.post<{ private_key: string }>(`/api/service-accounts/${own.id}/keys`, { expires_at });
    const short = await grant({ id: own.id, private_key: added.body.private_key });
    expect(short.expires_in).toBeLessThanOrEqual(1_800);
    expect(short.expires_in).toBeGreaterThan(1_790);
    const minter = await newKey(client, { permissions: ['write:service_accounts', 'read:compression'], expires_at });
    const minted = await newServiceAccount(client.with({ apiKey: minter.key }), { permissions: ['read:compression'] });
    expect((await grant(minted)).expires_in).toBeLessThanOrEqual(1_800);
    await server.advanceClock(1_801_000);
    expect((await grant({ id: own.id, private_key: added.body.private_key })).error).toBe('invalid_grant');
    expect((await grant(minted)).error).toBe('invalid_grant');
    expect((await grant(own)).error).toBeUndefined();
  });

  it('ends a key after 90 days', async () => {
    await server.advanceClock(89 * DAY_MS);
    expect((await grant()).error).toBeUndefined();
    await server.advanceClock(2 * DAY_MS);
    expect((await grant()).error).toBe('invalid_grant');
  });
});
