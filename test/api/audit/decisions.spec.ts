import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import type { Answer, Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import {
  type AssertionParts,
  assertionOf,
  clientOf,
  JWT_BEARER,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
} from '../../support/service-accounts.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const DAY_MS = 86_400_000;
const CHECKS = [
  'credential',
  'rate_limit',
  'signature',
  'csrf',
  'network',
  'permission',
  'step_up',
  'quota',
  'operation',
] as const;

interface Decision {
  readonly code: string;
  readonly reason: string | null;
  readonly checks: readonly { readonly check: string; readonly verdict: string }[];
}

let database: TestDatabase;
let server: TestServer;
let administrator: Person;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  administrator = await newAdministrator(database, server.url);
  person = await newPerson(server.url);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

function ask(client: Client, refused: Answer): Promise<Answer<Decision>> {
  return client.get<Decision>(`/api/audit/decisions/${refused.headers.get('x-request-id')}`);
}

/** Fails unless exactly this check has refused, all before it have passed, and none after it was reached. */
function expectRefusedBy({ checks }: Decision, check: (typeof CHECKS)[number]): void {
  expect(checks.map((each) => each.check)).toEqual([...CHECKS]);
  const position = CHECKS.indexOf(check);
  expect(checks.map(({ verdict }) => verdict)).toEqual(
    CHECKS.map((_, index) => (index < position ? 'passed' : index === position ? 'refused' : 'not_reached')),
  );
}

/** Presents an assertion, good or bad. */
function assertion(account: Pick<ServiceAccountBody, 'id' | 'private_key'>, parts?: AssertionParts): Promise<Answer> {
  return requestToken(server.url, { grant_type: JWT_BEARER, assertion: assertionOf(account, parts) });
}

describe('getAccessDecision 200', () => {
  it('tells which permission was missing', async () => {
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const refused = expectStatus(await person.client.with({ apiKey: key.key }).post('/api/keys', { name: 'x' }), 403);
    const { body } = expectStatus(await ask(person.client, refused), 200);
    expectRefusedBy(body, 'permission');
    expect(body).toMatchObject({
      code: 'AUTH_009',
      method: 'POST',
      path: '/api/keys',
      detail: 'The credential lacks the permission write:keys.',
      credential: { kind: 'api_key', id: key.id },
      owner_id: person.id,
    });
  });

  it('tells that the address was not allowed, and the quota used up', async () => {
    const closed = await newKey(person.client, { allowed_ips: ['192.0.2.1'] });
    const refused = await person.client.with({ apiKey: closed.key }).get('/api/keys');
    expect(refused.body.code).toBe('AUTH_005');
    expectRefusedBy((await ask(person.client, refused)).body, 'network');

    const limited = await newKey(person.client, { quota: { limit: 1, period: 'day' } });
    const client = person.client.with({ apiKey: limited.key });
    expectStatus(await client.get('/api/keys'), 200);
    const over = expectStatus(await client.get('/api/keys'), 429);
    expectRefusedBy((await ask(person.client, over)).body, 'quota');
  });

  it('tells an owner what a stranger is not told: that a key exists and why it has ended', async () => {
    const key = await newKey(person.client);
    expectStatus(await person.client.delete(`/api/keys/${key.id}`), 204);
    const refused = expectStatus(await person.client.with({ apiKey: key.key }).get('/api/keys'), 401);
    const stranger = await person.client.with({ apiKey: 'kapi_prod_nothing' }).get('/api/keys');
    expect({ ...refused.body, request_id: '' }).toEqual({ ...stranger.body, request_id: '' });
    const { body } = expectStatus(await ask(person.client, refused), 200);
    expectRefusedBy(body, 'credential');
    expect(body).toMatchObject({ code: 'AUTH_004', reason: 'revoked', credential: { kind: 'api_key', id: key.id } });
  });

  it('tells an owner who has tried to use a service account in vain, and why', async () => {
    const account = await newServiceAccount(person.client);
    const other = await newServiceAccount(person.client);
    const robot = await clientOf(server.url, account);
    const attempts: [string, string, 'credential' | 'permission', Answer][] = [
      [
        'assertion_refused',
        'invalid_grant',
        'credential',
        await assertion({ id: account.id, private_key: other.private_key }),
      ],
      ['assertion_refused', 'invalid_grant', 'credential', await assertion(account, { claims: { exp: 1 } })],
      ['scope', 'invalid_scope', 'permission', await assertion(account, { claims: { scope: 'write:keys' } })],
    ];
    await person.client.delete(`/api/service-accounts/${account.id}/keys/${account.key_id}`);
    attempts.push(['key_revoked', 'AUTH_002', 'credential', await robot.get('/api/compression/stats')]);
    await person.client.delete(`/api/service-accounts/${account.id}`);
    attempts.push(['deleted', 'AUTH_002', 'credential', await robot.get('/api/compression/stats')]);
    attempts.push(['deleted', 'invalid_grant', 'credential', await assertion(account)]);
    for (const [reason, code, check, refused] of attempts) {
      const decision = expectStatus(await ask(person.client, refused), 200).body;
      expect(decision).toMatchObject({ code, reason, credential: { kind: 'service_account', id: account.id } });
      expectRefusedBy(decision, check);
    }
    expect(JSON.stringify(attempts.map(([, , , { body }]) => body))).not.toContain('deleted');
  });

  it('records nothing of assertions for accounts that do not exist, and tells strangers the same of both', async () => {
    const account = await newServiceAccount(person.client);
    const other = await newPerson(server.url);
    const stranger = await newServiceAccount(other.client);
    const known = await assertion({ id: account.id, private_key: stranger.private_key });
    const unknown = await assertion({ id: randomUUID(), private_key: stranger.private_key });
    expect(unknown.body).toEqual(known.body);
    expect((await ask(administrator.client, unknown)).status).toBe(404);
    expect((await ask(other.client, known)).status).toBe(404);
  });

  it('tells when the operation itself refused, all checks having passed', async () => {
    const narrow = await newKey(person.client, { permissions: ['write:keys'] });
    const client = person.client.with({ apiKey: narrow.key });
    const refused = expectStatus(await client.post('/api/keys', { name: 'x', permissions: ['*'] }), 403);
    expectRefusedBy((await ask(person.client, refused)).body, 'operation');
  });

  it('answers an administrator for anybody, and records that', async () => {
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const refused = await person.client.with({ apiKey: key.key }).post('/api/keys', { name: 'x' });
    expectStatus(await ask(administrator.client, refused), 200);
    const looks = await database.query(
      `select 1 from audit.events where type = 'admin.read' and data->>'operation' = 'getAccessDecision'`,
    );
    expect(looks).toHaveLength(1);
  });
});

describe('getAccessDecision 404', () => {
  it('says nothing of requests of others, of requests that were not refused, and of unknown ones', async () => {
    const other = await newPerson(server.url);
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const refused = await person.client.with({ apiKey: key.key }).post('/api/keys', { name: 'x' });
    const fine = await person.client.get('/api/keys');
    const answers = [await ask(other.client, refused), await ask(person.client, fine)];
    const [foreign, unknown] = answers.map(({ status, body }) => ({ status, code: body.code }));
    expect(foreign).toEqual({ status: 404, code: 'REQ_005' });
    expect(unknown).toEqual(foreign);
  });

  it('forgets after seven days', async () => {
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const refused = await person.client.with({ apiKey: key.key }).post('/api/keys', { name: 'x' });
    const now = await server.advanceClock(0);
    const asker = await newKey(person.client, { permissions: ['read:audit'] });
    const client = person.client.with({ apiKey: asker.key });
    await server.setClock(now + 7 * DAY_MS - 60_000);
    expectStatus(await ask(client, refused), 200);
    await server.setClock(now + 7 * DAY_MS + 1_000);
    expectStatus(await ask(client, refused), 404);
    await server.setClock(now);
  });

  it('knows nothing of strangers, who have no owner', async () => {
    const [before] = await database.query<{ count: number }>('select count(*)::int from audit.events');
    expectStatus(await person.client.with({ apiKey: 'kapi_prod_nothing' }).get('/api/keys'), 401);
    expectStatus(await person.client.with({}).get('/api/keys'), 401);
    expect(await database.query('select count(*)::int from audit.events')).toEqual([before]);
  });
});
