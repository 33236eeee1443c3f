// One permission must not grow into all of them: what adds to rights, takes a protection away, or concerns
// administrators takes an administrator who is there, not a credential that lies about on a server.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client as SqlClient } from 'pg';
import { newAdministrator } from '../../support/administrators.ts';
import { enrol, totp } from '../../support/authenticator.ts';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase, urlFor } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { clientCredentialsToken, newOAuthClient } from '../../support/oauth.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { clientOf, newServiceAccount } from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';

const REASON = { reason: 'Asked for by the owner of the account' };
const BEYOND = { status: 403, body: { code: 'AUTH_009' } };
const STEP_UP_DUE = { status: 401, body: { code: 'AUTH_006' } };
const SCOPES = ['admin:users', 'admin:keys', 'admin:policy'];

let database: TestDatabase;
let server: TestServer;
let administrator: Person;
let asKey: Client;
let asServiceAccount: Client;
let asApplication: Client;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  administrator = await newAdministrator(database, server.url);
  const { client } = administrator;
  asKey = client.with({ apiKey: (await newKey(client, { permissions: SCOPES })).key });
  asServiceAccount = await clientOf(server.url, await newServiceAccount(client, { permissions: SCOPES }));
  const application = await newOAuthClient(client, { scopes: SCOPES });
  asApplication = client.with({ bearer: await clientCredentialsToken(server.url, application) });
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

const act = (client: Client, person: Person, action: string, body: unknown = REASON) =>
  client.post(`/api/admin/users/${person.id}/${action}`, body);

/** All that a request of an administrator could have changed about somebody. */
async function stateOf(person: Person): Promise<unknown> {
  return Promise.all([
    database.query('select role, locked_at, disabled_at from users where id = $1', [person.id]),
    database.query('select id, activated_at from mfa_factors where user_id = $1', [person.id]),
    database.query('select id from sessions where user_id = $1 and revoked_at is null order by id', [person.id]),
    database.query("select type from audit.events where owner_id = $1 and type like 'admin.%' order by id", [
      person.id,
    ]),
  ]);
}

describe('making an administrator', () => {
  it('403 for a key, a service account and an application, whatever they may do, and nobody is made one', async () => {
    const person = await newPerson(server.url);
    const before = await stateOf(person);
    for (const client of [asKey, asServiceAccount, asApplication]) {
      expect(await act(client, person, 'role', { role: 'admin', ...REASON })).toMatchObject(BEYOND);
    }
    expect(await stateOf(person)).toEqual(before);
    expect((await person.client.get('/api/admin/users')).status).toBe(403);
  });

  it('401 for a session that has not stepped up although it could, whatever the policy; 200 once it has', async () => {
    const second = await newAdministrator(database, server.url);
    const app = await enrol(second);
    const person = await newPerson(server.url);
    const before = await stateOf(person);
    const promote = () => act(second.client, person, 'role', { role: 'admin', ...REASON });
    expect(await promote()).toMatchObject(STEP_UP_DUE);
    expect(await act(second.client, person, 'reset-mfa')).toMatchObject(STEP_UP_DUE);
    expect(await stateOf(person)).toEqual(before);
    expectStatus(await second.client.post('/api/auth/mfa/step-up', { code: totp(app.secret) }), 204);
    expect(await promote()).toMatchObject({ status: 200, body: { role: 'admin' } });
    expectStatus(await act(second.client, person, 'role', { role: 'user', ...REASON }), 200);
  });

  // what was verified as the request came in is verified again in the transaction that acts
  it('403 for who is demoted while the request is on its way', async () => {
    const second = await newAdministrator(database, server.url);
    const person = await newPerson(server.url);
    const before = await stateOf(person);
    const connection = new SqlClient({ connectionString: urlFor(world().superuserUrl, 'postgres', database.name) });
    await connection.connect();
    await connection.query(`begin; update users set role = 'user' where id = '${second.id}'`);
    const answer = act(second.client, person, 'role', { role: 'admin', ...REASON });
    await eventually(async () => {
      const waiting = await database.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
            and query ilike '%users%for update%'`,
      );
      return waiting.length > 0 ? true : null;
    });
    await connection.query('commit');
    await connection.end();
    expect(await answer).toMatchObject(BEYOND);
    expect(await stateOf(person)).toEqual(before);
  });
});

describe('a key with admin:users', () => {
  it('helps users, but takes no second factor away', async () => {
    const person = await newPerson(server.url);
    await enrol(person);
    for (const action of ['lock', 'unlock', 'disable', 'enable']) {
      expect({ action, status: (await act(asKey, person, action)).status }).toEqual({ action, status: 200 });
    }
    expectStatus(await act(asKey, person, 'end-sessions'), 204);
    const before = await stateOf(person);
    expect(await act(asKey, person, 'reset-mfa')).toMatchObject(BEYOND);
    expect(await stateOf(person)).toEqual(before);
  });

  it.each(['lock', 'unlock', 'disable', 'enable', 'reset-mfa', 'end-sessions'])(
    'cannot %s an administrator, who could stop it',
    async (action) => {
      const victim = await newAdministrator(database, server.url);
      if (action === 'enable') await database.query('update users set disabled_at = now() where id = $1', [victim.id]);
      if (action === 'unlock') await database.query('update users set locked_at = now() where id = $1', [victim.id]);
      const before = await stateOf(victim);
      expect(await act(asKey, victim, action)).toMatchObject(BEYOND);
      expect(await stateOf(victim)).toEqual(before);
      expect((await act(administrator.client, victim, action)).status).toBeLessThan(300);
      expect(await stateOf(victim)).not.toEqual(before);
    },
  );

  it('contains a leaked key of an administrator: taking away is no gain', async () => {
    const victim = await newAdministrator(database, server.url);
    const { id, key } = await newKey(victim.client);
    expectStatus(await asKey.post(`/api/admin/keys/${id}/revoke`, REASON), 204);
    expect((await new Client(server.url).with({ apiKey: key }).get('/api/auth/whoami')).body.code).toBe('AUTH_004');
    expectStatus(await victim.client.get('/api/keys'), 200);
  });
});

describe('a key with admin:policy', () => {
  const policy = async () => (await administrator.client.get('/api/admin/policy')).body as unknown;
  const STRICT = { key_life_days_max: 30, keys_per_user_max: 50, prod_keys_need_ip_list: true, forbid_wildcards: true };

  beforeEach(async () => {
    expectStatus(await administrator.client.patch('/api/admin/policy', STRICT), 200);
  });

  it('demands more of everybody, as the policy may', async () => {
    const stricter = { key_life_days_max: 29, keys_per_user_max: 49, forbid_wildcards: true };
    expect(await asKey.patch('/api/admin/policy', stricter)).toMatchObject({ status: 200, body: stricter });
  });

  it.each([
    { key_life_days_max: 31 },
    { key_life_days_max: null },
    { keys_per_user_max: null },
    { prod_keys_need_ip_list: false },
    { forbid_wildcards: false },
    { forbid_wildcards: false, key_life_days_max: 1 },
  ])('403 when it would demand less: %j, and nothing changes', async (changes) => {
    const before = await policy();
    expect(await asKey.patch('/api/admin/policy', changes)).toMatchObject(BEYOND);
    expect(await policy()).toEqual(before);
    expectStatus(await administrator.client.patch('/api/admin/policy', changes), 200);
  });

  it('401 when an administrator loosens it without the second factor that he has', async () => {
    const second = await newAdministrator(database, server.url);
    await enrol(second);
    expect(await second.client.patch('/api/admin/policy', { forbid_wildcards: false })).toMatchObject(STEP_UP_DUE);
    expect(await policy()).toMatchObject({ forbid_wildcards: true });
  });
});

describe('what is done to somebody', () => {
  it.each([
    ['lock', 'admin.user_locked', {}],
    ['unlock', 'admin.user_unlocked', {}],
    ['disable', 'admin.user_disabled', {}],
    ['enable', 'admin.user_enabled', {}],
    ['role', 'admin.role_changed', { role: 'admin' }],
    ['role', 'admin.role_changed', { role: 'user' }],
    ['end-sessions', 'admin.sessions_ended', {}],
    ['reset-mfa', 'admin.mfa_reset', {}],
  ])('%s takes a reason, undoing included, and the trail keeps it', async (action, type, fields) => {
    const person = await newPerson(server.url);
    if (action === 'enable') await database.query('update users set disabled_at = now() where id = $1', [person.id]);
    if (type === 'admin.role_changed' && 'role' in fields && fields.role === 'user') {
      await database.query("update users set role = 'admin' where id = $1", [person.id]);
    }
    const before = await stateOf(person);
    const refused = await act(administrator.client, person, action, fields);
    expect(refused).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field: 'reason' }] } });
    expect(await stateOf(person)).toEqual(before);
    expect((await act(administrator.client, person, action, { ...fields, ...REASON })).status).toBeLessThan(300);
    const rows = await database.query(
      'select type, data, actor_user_id from audit.events where owner_id = $1 and type = $2',
      [person.id, type],
    );
    expect(rows).toMatchObject([{ data: REASON, actor_user_id: administrator.id }]);
  });
});
