import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { enrol, type Enrolment, totp } from '../../support/authenticator.ts';
import { type Answer, Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { duringChange } from '../../support/held-transaction.ts';
import { eventsOf } from '../../support/outbox.ts';
import { expectStatus, newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// each request hashes a password, and the machine may be busy
jest.setTimeout(60_000);

// Somebody holds a stolen session, and its owner throws him out: with a new password, or by ending the session. What the
// thief has under way at that moment changes nothing any more.

let database: TestDatabase;
let server: TestServer;
let otherHash: string;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  otherHash = await hashOf((await newPerson(server.url)).id);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function hashOf(id: string): Promise<string> {
  const [row] = await database.query<{ hash: string }>('select password_hash as hash from users where id = $1', [id]);
  return row?.hash ?? '';
}

async function factorsOf({ id }: Person): Promise<{ id: string; is_active: boolean }[]> {
  return database.query('select id, activated_at is not null as is_active from mfa_factors where user_id = $1', [id]);
}

/** A person whose set-up of a second factor waits for its first code. */
async function begunEnrolment(): Promise<{ person: Person; secret: string }> {
  const person = await newPerson(server.url);
  const begun = await person.client.post<Enrolment>('/api/auth/mfa/enable', { password: PASSWORD });
  return { person, secret: expectStatus(begun, 200).body.secret };
}

/** The password becomes another one; the sessions live on, so that the password alone decides. */
function whileThePasswordChanges<T>({ id }: Person, request: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const change = 'update users set password_hash = $2 where id = $1';
  return duringChange(database.ownerUrl, change, [id, otherHash], request);
}

/** All sessions end, under the lock of the account. */
function whileTheSessionEnds<T>({ id }: Person, request: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const change = `with ended as (update sessions set revoked_at = now() where user_id = $1 returning id)
    select id from users where id = $1 and exists (select from ended) for no key update`;
  return duringChange(database.ownerUrl, change, [id], request);
}

describe('while the session ends, its own request', () => {
  it('changes no password', async () => {
    const person = await newPerson(server.url);
    const before = await hashOf(person.id);
    const body = { current_password: PASSWORD, new_password: 'another horse battery staple' };
    const answer = await whileTheSessionEnds(person, () => person.client.post('/api/auth/password', body));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await hashOf(person.id)).toBe(before);
    expect(await eventsOf(database, person.id, 'user.password_changed')).toEqual([]);
  });

  it('begins no second factor', async () => {
    const person = await newPerson(server.url);
    const body = { password: PASSWORD };
    const answer = await whileTheSessionEnds(person, () => person.client.post('/api/auth/mfa/enable', body));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await factorsOf(person)).toEqual([]);
  });

  it('confirms no second factor, which would lock the owner out', async () => {
    const { person, secret } = await begunEnrolment();
    const body = { code: totp(secret) };
    const answer = await whileTheSessionEnds(person, () => person.client.post('/api/auth/mfa/verify', body));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await factorsOf(person)).toMatchObject([{ is_active: false }]);
    expect(await eventsOf(database, person.id, 'mfa.enabled')).toEqual([]);
    const login = { email: person.email, password: PASSWORD };
    expect((await new Client(server.url).post('/api/auth/login', login)).status).toBe(200);
  });

  it('learns no recovery codes, and spends none', async () => {
    const person = await newPerson(server.url);
    const { recoveryCodes } = await enrol(person);
    const body = { code: recoveryCodes[0] };
    const answer = await whileTheSessionEnds(person, () => person.client.post('/api/auth/mfa/recovery-codes', body));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    const unused = 'select 1 from mfa_recovery_codes where used_at is null and factor_id = $1';
    expect(await database.query(unused, [(await factorsOf(person))[0]?.id])).toHaveLength(recoveryCodes.length);
  });

  it.each([
    ['API key', '/api/keys', { name: 'late' }, 'api_keys'],
    [
      'service account',
      '/api/service-accounts',
      { name: 'late', permissions: ['read:compression'] },
      'service_accounts',
    ],
    [
      'OAuth client',
      '/api/oauth/clients',
      {
        name: 'late',
        type: 'confidential',
        redirect_uris: ['https://app.example.com/cb'],
        scopes: ['read:compression'],
      },
      'oauth_clients',
    ],
  ])('mints no %s', async (_kind, path, body, table) => {
    const person = await newPerson(server.url);
    const answer = await whileTheSessionEnds(person, () => person.client.post(path, body));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await database.query(`select id from ${table} where owner_id = $1`, [person.id])).toEqual([]);
  });

  it('is not stepped up', async () => {
    const person = await newPerson(server.url);
    const { secret } = await enrol(person);
    const answer = await whileTheSessionEnds(person, () =>
      person.client.post('/api/auth/mfa/step-up', { code: totp(secret) }),
    );
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    const stamps = await database.query('select 1 from mfa_step_ups where factor_id = $1', [
      (await factorsOf(person))[0]?.id,
    ]);
    expect(stamps).toEqual([]);
  });
});

describe('while the password changes, the old one', () => {
  it('begins no second factor', async () => {
    const person = await newPerson(server.url);
    const body = { password: PASSWORD };
    const answer = await whileThePasswordChanges(person, () => person.client.post('/api/auth/mfa/enable', body));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(await factorsOf(person)).toEqual([]);
  });

  it('takes no second factor away', async () => {
    const person = await newPerson(server.url);
    const { recoveryCodes } = await enrol(person);
    const body = { password: PASSWORD, code: recoveryCodes[0] };
    const answer = await whileThePasswordChanges(person, () => person.client.post('/api/auth/mfa/disable', body));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(await factorsOf(person)).toMatchObject([{ is_active: true }]);
    expect(await eventsOf(database, person.id, 'mfa.disabled')).toEqual([]);
  });
});
