import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import { Client } from '../../support/client.ts';
import { Client as SqlClient } from 'pg';
import { createDatabase, type TestDatabase, urlFor } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import type { Page } from '../../support/pages.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';
import { world } from '../../support/world.ts';

interface UserBody {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly status: string;
  readonly mfa_enabled: boolean;
}

const REASON = { reason: 'Asked for by the owner of the account' };
let database: TestDatabase;
let server: TestServer;
let other: TestServer;
let administrator: Person;

beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  [server, other] = await Promise.all([startServer(environment), startServer(environment)]);
  administrator = await newAdministrator(database, server.url);
}, 60_000);

afterAll(async () => {
  await Promise.all([server.stop(), other.stop()]);
  await database.drop();
});

function act(person: Person, action: string, body: unknown = REASON) {
  return administrator.client.post<UserBody>(`/api/admin/users/${person.id}/${action}`, body);
}

function login(person: Person) {
  return new Client(server.url).post('/api/auth/login', { email: person.email, password: person.password });
}

function trailOf(person: Person) {
  return database.query<{ type: string; data: Record<string, unknown>; actor_user_id: string }>(
    "select type, data, actor_user_id from audit.events where owner_id = $1 and type like 'admin.%' order by id",
    [person.id],
  );
}

describe('listUsers and getUser 200', () => {
  it('find people by name, address, role and status, and record who looked', async () => {
    const person = await newPerson(server.url);
    const find = async (query: string) =>
      expectStatus(await administrator.client.get<Page<UserBody>>(`/api/admin/users?${query}`), 200).body.data;
    expect(await find(`q=${person.email.toUpperCase()}`)).toMatchObject([
      { id: person.id, email: person.email, role: 'user', status: 'active', mfa_enabled: false },
    ]);
    expect(await find('q=100%25')).toEqual([]);
    expect((await find('role=admin')).map(({ id }) => id)).toEqual([administrator.id]);
    expect(await find(`status=disabled&q=${person.email}`)).toEqual([]);
    expect((await administrator.client.get<UserBody>(`/api/admin/users/${person.id}`)).body.email).toBe(person.email);
    const looks = await database.query<{ path: string }>(
      "select data->>'path' as path from audit.events where type = 'admin.read' order by id",
    );
    expect(looks.map(({ path }) => path)).toEqual([
      ...Array.from({ length: 4 }, () => '/api/admin/users'),
      `/api/admin/users/${person.id}`,
    ]);
  });
});

describe('disableUser 200', () => {
  it('ends everything that the user holds, on every process, and enableUser lets keys work again', async () => {
    const person = await newPerson(server.url);
    const key = await newKey(person.client);
    const atOther = person.client.with({ apiKey: key.key }).at(other.url);
    const session = person.client.at(other.url);
    expectStatus(await atOther.get('/api/compression/stats'), 200);
    expectStatus(await session.get('/api/keys'), 200);
    expect((await act(person, 'disable')).body.status).toBe('disabled');
    await until(async () => (await atOther.get('/api/compression/stats')).status === 401, 5_000);
    await until(async () => (await session.get('/api/keys')).status === 401, 5_000);
    expect(await person.client.get('/api/keys')).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await login(person)).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    const refreshed = await new Client(server.url).post('/api/auth/refresh', {
      refresh_token: person.session.refresh_token,
    });
    expect(refreshed).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });

    expect((await act(person, 'enable')).body.status).toBe('active');
    await until(async () => (await atOther.get('/api/compression/stats')).status === 200, 5_000);
    expect(await session.get('/api/keys')).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await trailOf(person)).toMatchObject([
      { type: 'admin.user_disabled', data: REASON, actor_user_id: administrator.id },
      { type: 'admin.user_enabled', data: REASON, actor_user_id: administrator.id },
    ]);
  });
});

/** Holds a statement's locks until it is let go. */
async function inTransaction(...statements: string[]): Promise<{ commit(): Promise<void> }> {
  const connection = new SqlClient({ connectionString: urlFor(world().superuserUrl, 'postgres', database.name) });
  await connection.connect();
  await connection.query(['begin', ...statements].join('; '));
  return {
    commit: async () => {
      await connection.query('commit');
      await connection.end();
    },
  };
}

function isBlocked(query: string): Promise<boolean> {
  return eventually(async () => {
    const rows = await database.query(
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query ilike $1",
      [query],
    );
    return rows.length > 0;
  });
}

describe('what happens at the same moment', () => {
  it('a login while its account is disabled opens no session that would live again with the account', async () => {
    const person = await newPerson(server.url);
    const disabling = await inTransaction(`update users set disabled_at = now() where id = '${person.id}'`);
    const answer = login(person);
    await isBlocked('%for no key update%');
    await disabling.commit();
    expect(await answer).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    const live = await database.query('select 1 from sessions where user_id = $1 and revoked_at is null', [person.id]);
    // the one of the registration, which this statement did not end
    expect(live).toHaveLength(1);
  });

  it('a key that is minted while all keys are revoked is revoked as well', async () => {
    const person = await newPerson(server.url);
    const key = await newKey(person.client, { permissions: ['write:keys', 'read:keys'] });
    // the new key is written, and its transaction held up before it commits
    const holder = await inTransaction('lock table audit.pending in access exclusive mode');
    const minting = person.client.with({ apiKey: key.key }).post('/api/keys', { name: 'One more' });
    await isBlocked('%with batch as%');
    const revoking = act(person, 'revoke-keys');
    await isBlocked('%users%for update%');
    await holder.commit();
    expect((await minting).status).toBe(201);
    expect(await revoking).toMatchObject({ status: 200, body: { revoked: 2 } });
    const live = await database.query('select 1 from api_keys where owner_id = $1 and revoked_at is null', [person.id]);
    expect(live).toEqual([]);
  });
});

describe('lockUser and unlockUser 200', () => {
  it('let nobody log in, and leave what is logged in and keys alone', async () => {
    const person = await newPerson(server.url);
    const key = await newKey(person.client);
    expect((await act(person, 'lock')).body.status).toBe('locked');
    const refused = await login(person);
    expect(refused).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    expect(refused.headers.get('retry-after')).toBeNull();
    expectStatus(await person.client.get('/api/keys'), 200);
    expectStatus(await person.client.with({ apiKey: key.key }).get('/api/compression/stats'), 200);
    expect((await act(person, 'unlock')).body.status).toBe('active');
    expectStatus(await login(person), 200);
  });

  it('lift a lock that failed logins have set', async () => {
    const person = await newPerson(server.url);
    const guess = () =>
      new Client(server.url).post('/api/auth/login', { email: person.email, password: 'wrong guess' });
    for (let count = 0; count < 10; count += 1) await guess();
    expect((await login(person)).status).toBe(423);
    expectStatus(await act(person, 'unlock'), 200);
    expectStatus(await login(person), 200);
  });
});

describe('changeUserRole 200', () => {
  it('takes and gives rights from the next request on, of the sessions and keys that there are', async () => {
    const person = await newPerson(server.url);
    expect((await person.client.get('/api/admin/users')).status).toBe(403);
    expect((await act(person, 'role', { role: 'admin', ...REASON })).body.role).toBe('admin');
    expectStatus(await person.client.get('/api/admin/users'), 200);
    const key = await newKey(person.client, { permissions: ['admin:users'] });
    const keyClient = person.client.with({ apiKey: key.key }).at(other.url);
    expectStatus(await keyClient.get('/api/admin/users'), 200);
    expectStatus(await act(person, 'role', { role: 'user', ...REASON }), 200);
    await until(async () => (await keyClient.get('/api/admin/users')).status === 403, 5_000);
    expect((await person.client.get('/api/admin/users')).status).toBe(403);
  });
});

describe('resetUserMfa 200', () => {
  it('takes the factor away, with the reason on record', async () => {
    const person = await newPerson(server.url);
    await database.query(
      `insert into mfa_factors (id, user_id, secret_sealed, created_at, activated_at)
       values (gen_random_uuid(), $1, 'out of reach', now(), now())`,
      [person.id],
    );
    const before = await administrator.client.get<UserBody>(`/api/admin/users/${person.id}`);
    expect(before.body.mfa_enabled).toBe(true);
    expect((await act(person, 'reset-mfa')).body.mfa_enabled).toBe(false);
    expectStatus(await login(person), 200);
    expect(await trailOf(person)).toMatchObject([{ type: 'admin.mfa_reset', data: REASON }]);
  });
});

describe('endUserSessions 204 and revokeUserApiKeys 200', () => {
  it('end the one and not the other', async () => {
    const person = await newPerson(server.url);
    const [first] = [await newKey(person.client), await newKey(person.client)];
    expectStatus(await act(person, 'end-sessions'), 204);
    expect((await person.client.get('/api/keys')).status).toBe(401);
    const keyClient = person.client.with({ apiKey: first.key });
    expectStatus(await keyClient.get('/api/compression/stats'), 200);
    const answer = await administrator.client.post<{ revoked: number }>(
      `/api/admin/users/${person.id}/revoke-keys`,
      REASON,
    );
    expect(answer.body).toEqual({ revoked: 2 });
    expect((await keyClient.get('/api/compression/stats')).status).toBe(401);
    expect(await trailOf(person)).toMatchObject([{ type: 'admin.sessions_ended', data: REASON }]);
  });
});

describe('administration 403, 404, 409 and 400', () => {
  it('is closed to users and to keys that do not name the permission, of administrators too', async () => {
    const person = await newPerson(server.url);
    const key = await newKey(administrator.client, { permissions: ['*'] });
    for (const client of [person.client, administrator.client.with({ apiKey: key.key })]) {
      for (const path of ['users', `users/${person.id}`, 'keys', 'policy', 'policy/violations']) {
        expect(await client.get(`/api/admin/${path}`)).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
      }
      expect((await client.post(`/api/admin/users/${person.id}/disable`, REASON)).status).toBe(403);
    }
  });

  it('does nothing to oneself, to nobody, or without a reason', async () => {
    for (const action of ['disable', 'lock', 'end-sessions', 'reset-mfa']) {
      expect(await act(administrator, action)).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    }
    expect(await act(administrator, 'role', { role: 'user', ...REASON })).toMatchObject({ status: 409 });
    const nobody = { id: '018cf2b8-3c00-7000-8000-000000000000' } as Person;
    expect(await act(nobody, 'disable')).toMatchObject({ status: 404, body: { code: 'REQ_005' } });
    const person = await newPerson(server.url);
    expect(await act(person, 'disable', {})).toMatchObject({ status: 400, body: { code: 'REQ_001' } });
    expect(await trailOf(person)).toEqual([]);
  });

  it('never leaves an installation without an administrator, whoever is faster', async () => {
    const second = await newPerson(server.url);
    expectStatus(await act(second, 'role', { role: 'admin', ...REASON }), 200);
    await Promise.all([
      administrator.client.post(`/api/admin/users/${second.id}/disable`, REASON),
      second.client.at(other.url).post(`/api/admin/users/${administrator.id}/disable`, REASON),
    ]);
    const left = await database.query("select 1 from users where role = 'admin' and disabled_at is null");
    expect(left).toHaveLength(1);
  });
});
