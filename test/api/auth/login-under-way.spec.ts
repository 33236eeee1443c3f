import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import { enrol, type Enrolment, totp } from '../../support/authenticator.ts';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { duringChange } from '../../support/held-transaction.ts';
import { expectStatus, newPerson, PASSWORD, type Person, type SessionBody } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// each login hashes a password, and the machine may be busy
jest.setTimeout(120_000);

// A login takes its time: while the password is hashed, the account can be locked, disabled, or given another password
// or a second factor. What was true before the hash must still be true when the session is opened.

const OTHER_PASSWORD = 'another horse battery staple';

let database: TestDatabase;
let servers: [TestServer, TestServer];
let administrator: Person;

beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  servers = await Promise.all([startServer(environment), startServer(environment, 'api')]);
  administrator = await newAdministrator(database, servers[0].url);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

type LoginAnswer = Answer<SessionBody & ProblemBody>;

function logIn(person: Person, fields: object = {}, url = servers[1].url): Promise<LoginAnswer> {
  return new Client(url).post('/api/auth/login', { email: person.email, password: PASSWORD, ...fields });
}

async function liveSessionsOf({ id }: Person): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    'select id from sessions where user_id = $1 and revoked_at is null order by id',
    [id],
  );
  return rows.map((row) => row.id);
}

function typesOf({ id }: Person): Promise<{ type: string }[]> {
  return database.query('select type from audit.events where owner_id = $1 order by occurred_at, id', [id]);
}

function during<T>(change: string, values: readonly unknown[], request: () => Promise<T>): Promise<T> {
  return duringChange(database.ownerUrl, change, values, request);
}

/** The stored hash of OTHER_PASSWORD. */
async function otherHash(): Promise<string> {
  const other = await newPerson(servers[0].url);
  const change = { current_password: PASSWORD, new_password: OTHER_PASSWORD };
  expectStatus(await other.client.post('/api/auth/password', change), 204);
  const [row] = await database.query<{ hash: string }>('select password_hash as hash from users where id = $1', [
    other.id,
  ]);
  return row?.hash ?? '';
}

const SET_PASSWORD = 'update users set password_hash = $2 where id = $1';

describe('a login whose account changes between its password and its session', () => {
  it.each([
    ['locked_at', 'locked'],
    ['disabled_at', 'disabled'],
  ])('opens none once %s is set, and says so without a time to come again', async (column, word) => {
    const person = await newPerson(servers[0].url);
    const before = await liveSessionsOf(person);
    const answer = await during(`update users set ${column} = now() where id = $1`, [person.id], () =>
      logIn(person, { cookie: true }),
    );
    expect(answer).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    expect(answer.body.detail).toContain(word);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await liveSessionsOf(person)).toEqual(before);
    const types = (await typesOf(person)).map(({ type }) => type);
    expect(types).toContain('login.refused');
    expect(types).not.toContain('login.succeeded');
  });

  it('opens none once the password is another, and leaves no cookie', async () => {
    const person = await newPerson(servers[0].url);
    const before = await liveSessionsOf(person);
    const answer = await during(SET_PASSWORD, [person.id, await otherHash()], () => logIn(person, { cookie: true }));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await liveSessionsOf(person)).toEqual(before);
    expect((await logIn(person, { password: OTHER_PASSWORD })).status).toBe(200);
  });

  it('opens none without a code once there is a second factor', async () => {
    const person = await newPerson(servers[0].url);
    expectStatus(await person.client.post<Enrolment>('/api/auth/mfa/enable', { password: PASSWORD }), 200);
    const before = await liveSessionsOf(person);
    // as the confirmation of a second factor does it: under the lock of the account
    const change = `with account as (select id from users where id = $1 for no key update)
      update mfa_factors set activated_at = now() where user_id = (select id from account)`;
    const answer = await during(change, [person.id], () => logIn(person));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect(await liveSessionsOf(person)).toEqual(before);
  });

  it('with a code: neither opens a session nor spends the code', async () => {
    const person = await newPerson(servers[0].url);
    const app = await enrol(person);
    const [code = ''] = app.recoveryCodes;
    const before = await liveSessionsOf(person);
    const answer = await during('update users set locked_at = now() where id = $1', [person.id], () =>
      logIn(person, { mfa_code: code }),
    );
    expect(answer).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    expect(await liveSessionsOf(person)).toEqual(before);
    expectStatus(await administrator.client.post(`/api/admin/users/${person.id}/unlock`), 200);
    expect((await logIn(person, { mfa_code: code })).status).toBe(200);
  });

  it('does not take the code of a factor that an administrator takes away meanwhile', async () => {
    const person = await newPerson(servers[0].url);
    const app = await enrol(person);
    const before = await liveSessionsOf(person);
    const change = `with account as (select id from users where id = $1 for update)
      delete from mfa_factors where user_id = (select id from account)`;
    const answer = await during(change, [person.id], () => logIn(person, { mfa_code: totp(app.secret) }));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect(await liveSessionsOf(person)).toEqual(before);
    expect((await logIn(person)).status).toBe(200);
  });
});

/** Logs in again and again on both processes, until told to stop. */
function keepLoggingIn(person: Person, threads: number): { stop(): Promise<LoginAnswer[]> } {
  const stopping = new AbortController();
  const loops = Array.from({ length: threads }, async (_, position) => {
    const answers: LoginAnswer[] = [];
    const { url } = servers[position % 2 === 0 ? 0 : 1];
    while (!stopping.signal.aborted) answers.push(await logIn(person, {}, url));
    return answers;
  });
  return {
    stop: async () => {
      stopping.abort();
      return (await Promise.all(loops)).flat();
    },
  };
}

/** Runs a change while six threads log in. @returns the sessions alive as it was answered, and once all had ended */
async function underFire(person: Person, change: () => Promise<Answer>, status: number) {
  const logins = keepLoggingIn(person, 6);
  let sessions = 0;
  // the change comes while logins are under way and some have succeeded
  while (sessions < 4) sessions = (await liveSessionsOf(person)).length;
  expectStatus(await change(), status);
  const atAnswer = await liveSessionsOf(person);
  const answers = await logins.stop();
  expect(answers.some((answer) => answer.status === 200)).toBe(true);
  expect(answers.every((answer) => [200, 401, 423].includes(answer.status))).toBe(true);
  return { atAnswer, atEnd: await liveSessionsOf(person) };
}

describe('six threads that log in on two processes', () => {
  it.each([1, 2, 3, 4])('have no session left after password change %i', async () => {
    const person = await newPerson(servers[0].url);
    const own = await liveSessionsOf(person);
    const change = { current_password: PASSWORD, new_password: OTHER_PASSWORD };
    const { atEnd } = await underFire(person, () => person.client.post('/api/auth/password', change), 204);
    expect(atEnd).toEqual(own);
  });

  it.each([1, 2, 3])('have no session left after an administrator has disabled the account, %i', async () => {
    const person = await newPerson(servers[0].url);
    const path = `/api/admin/users/${person.id}/disable`;
    const { atEnd } = await underFire(person, () => administrator.client.post(path, { reason: 'left' }), 200);
    expect(atEnd).toEqual([]);
  });

  it.each([1, 2, 3])(
    'open none after an administrator has locked the account, and those that live go on, %i',
    async () => {
      const person = await newPerson(servers[0].url);
      const path = `/api/admin/users/${person.id}/lock`;
      const lock = () => administrator.client.post(path, { reason: 'a look at it' });
      const { atAnswer, atEnd } = await underFire(person, lock, 200);
      expect(atEnd).toEqual(atAnswer);
      expect((await person.client.get('/api/auth/me')).status).toBe(200);
    },
  );
});
