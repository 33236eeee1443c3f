import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventsOf } from '../../support/outbox.ts';
import { expectStatus, newEmail, newKey, newPerson, PASSWORD, type SessionBody } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(60_000);

// Somebody guesses passwords: from one network, from many, in parallel, on two processes, at accounts that exist and
// at some that do not. The owner must get in all the while.

const WRONG = 'wrong horse battery staple';
const MINUTE_MS = 60_000;
const STRANGER = '198.51.100.7';

let database: TestDatabase;
let servers: [TestServer, TestServer];

beforeAll(async () => {
  database = await createDatabase();
  const environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    TRUSTED_PROXIES: '127.0.0.1/32',
  };
  servers = await Promise.all([startServer(environment), startServer(environment)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

interface Try {
  readonly from?: string;
  readonly cookie?: string;
  readonly which?: 0 | 1;
}

type LoginAnswer = Answer<SessionBody & ProblemBody>;

function logIn(
  email: string,
  password: string,
  { from = STRANGER, cookie, which = 0 }: Try = {},
): Promise<LoginAnswer> {
  return new Client(servers[which].url).post(
    '/api/auth/login',
    { email, password },
    { headers: { 'x-forwarded-for': from, ...(cookie !== undefined && { cookie }) } },
  );
}

async function fail(email: string, times: number, options: Try = {}): Promise<void> {
  for (let count = 0; count < times; count++) {
    const answer = await logIn(email, WRONG, options);
    expect({ count, code: answer.body.code }).toEqual({ count, code: 'AUTH_001' });
  }
}

async function advanceClocks(ms: number): Promise<void> {
  await Promise.all(servers.map((server) => server.advanceClock(ms)));
}

/** What a stranger can see of an answer; the request id and the time differ with every request. */
function visible({ status, headers, body }: LoginAnswer) {
  const shown = [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date' && name !== 'retry-after');
  return { status, headers: shown, body: { ...body, request_id: '' } };
}

function retryAfter(answer: LoginAnswer): number {
  return Number(answer.headers.get('retry-after'));
}

function deviceCookie(answer: LoginAnswer): string {
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('kindly_device='));
  return cookie?.split(';')[0] ?? '';
}

describe('the tenth failure from one network', () => {
  it('locks that network out of the account for 15 minutes, on every process, and the right password does not tell', async () => {
    const { email } = await newPerson(servers[0].url);
    await fail(email, 10);
    const wrong = await logIn(email, WRONG, { which: 1 });
    const right = await logIn(email, PASSWORD);
    expect(wrong).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    expect(visible(right)).toEqual(visible(wrong));
    expect(right.body.detail).toContain('support@kindly.com');
    expect(retryAfter(right)).toBeGreaterThan(14 * 60);
    expect(retryAfter(right)).toBeLessThanOrEqual(15 * 60);
    // the whole /24 is that network, and an address beyond it is not
    expect((await logIn(email, PASSWORD, { from: '198.51.100.250' })).status).toBe(423);
    expect((await logIn(email, PASSWORD, { from: '198.51.101.7' })).status).toBe(200);
  });

  it('answers exactly the same for an address that has no account', async () => {
    const { email } = await newPerson(servers[0].url);
    const nobody = newEmail();
    for (let count = 0; count < 12; count++) {
      const [known, unknown] = [await logIn(email, WRONG), await logIn(nobody, WRONG)];
      expect(visible(unknown)).toEqual(visible(known));
      expect(known.status).toBe(count < 10 ? 401 : 423);
    }
  });

  it('counts e-mail addresses as accounts are compared: case and compatibility characters make no new one', async () => {
    const { email } = await newPerson(servers[0].url);
    await fail(email, 4);
    await fail(email.toUpperCase(), 3);
    await fail(` ${email.replace('person', '\uFF50erson')}`, 3);
    expect((await logIn(email, PASSWORD)).status).toBe(423);
  });

  it('ends by itself, and attempts while it lasts do not extend it', async () => {
    const { email } = await newPerson(servers[0].url);
    await fail(email, 10);
    await advanceClocks(14 * MINUTE_MS);
    for (let count = 0; count < 12; count++) expect((await logIn(email, WRONG)).status).toBe(423);
    await advanceClocks(MINUTE_MS + 1_000);
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });

  it('is not reached by failures that are more than 15 minutes apart, and a success ends the count', async () => {
    const { email } = await newPerson(servers[0].url);
    await fail(email, 9);
    await advanceClocks(15 * MINUTE_MS + 1_000);
    await fail(email, 9);
    expect((await logIn(email, PASSWORD)).status).toBe(200);
    await fail(email, 9);
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });

  it('doubles with each further lock up to 24 hours, and is forgotten after a quiet day', async () => {
    const email = newEmail();
    const minutes: number[] = [];
    for (let lock = 0; lock < 5; lock++) {
      // the seventh lock in a row would be the next one to see
      if (lock === 3) await database.query('update login_failures set locks = 6 where locks = 3');
      await fail(email, 10);
      const seconds = retryAfter(await logIn(email, WRONG));
      minutes.push(Math.ceil(seconds / 60));
      await advanceClocks(seconds * 1_000 + 1_000);
    }
    expect(minutes).toEqual([15, 30, 60, 960, 1440]);
    await advanceClocks(24 * 60 * MINUTE_MS + 1_000);
    await fail(email, 10);
    expect(Math.ceil(retryAfter(await logIn(email, WRONG)) / 60)).toBe(15);
  });

  it('leaves live sessions and keys alone, and is told to the owner once', async () => {
    const owner = await newPerson(servers[0].url);
    const { key } = await newKey(owner.client);
    await fail(owner.email, 10);
    await Promise.all(Array.from({ length: 5 }, () => logIn(owner.email, WRONG)));
    expect((await owner.client.get('/api/auth/me')).status).toBe(200);
    expect((await owner.client.with({ apiKey: key }).get('/api/auth/whoami')).status).toBe(200);
    const refreshed = await new Client(servers[1].url).post('/api/auth/refresh', {
      refresh_token: owner.session.refresh_token,
    });
    expect(refreshed.status).toBe(200);
    expect(await eventsOf(database, owner.id, 'user.locked')).toHaveLength(1);
  });
});

describe('parallel guesses on two processes', () => {
  it('tell exactly ten outcomes between them', async () => {
    const { email } = await newPerson(servers[0].url);
    const answers = await Promise.all(
      Array.from({ length: 32 }, (_, position) => logIn(email, WRONG, { which: position % 2 === 0 ? 0 : 1 })),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect({ told: count(401), refused: count(423) }).toEqual({ told: 10, refused: 22 });
  });
});

describe('parallel logins with the right password', () => {
  it('all succeed: what is under way is no failure', async () => {
    const { email } = await newPerson(servers[0].url);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, position) => logIn(email, PASSWORD, { which: position % 2 === 0 ? 0 : 1 })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('a hundred failures from many networks', () => {
  it('lock unknown networks out of the account, but neither its networks nor its devices', async () => {
    const owner = await newPerson(servers[0].url);
    expectStatus(await logIn(owner.email, PASSWORD, { from: '203.0.113.9' }), 200);
    const device = deviceCookie(await logIn(owner.email, PASSWORD, { from: '203.0.113.9' }));
    await fail(owner.email, 1, { from: '192.0.2.1' });
    // ninety-six more, from as many networks as it takes
    await database.query(
      `update login_failures set failed_at = array_fill(failed_at[1], array[97])
        where scope = 'account' and updated_at = (select max(updated_at) from login_failures)`,
    );
    await fail(owner.email, 3, { from: '192.0.4.1', which: 1 });
    expect((await logIn(owner.email, PASSWORD, { from: '192.0.99.1' })).status).toBe(423);
    expect((await logIn(owner.email, PASSWORD, { from: '192.0.2.1' })).status).toBe(423);
    expect((await logIn(owner.email, PASSWORD, { from: '192.0.99.1', cookie: device })).status).toBe(200);
    expect((await logIn(owner.email, PASSWORD, { from: '203.0.113.200' })).status).toBe(200);
  });
});

describe('a device that has logged in before', () => {
  it('is counted apart from its network: a stranger next door cannot lock the owner out', async () => {
    const { email } = await newPerson(servers[0].url);
    const cookie = deviceCookie(await logIn(email, PASSWORD));
    await fail(email, 10);
    expect((await logIn(email, PASSWORD)).status).toBe(423);
    expect((await logIn(email, PASSWORD, { cookie, which: 1 })).status).toBe(200);
  });

  it('is locked out by its own failures only', async () => {
    const { email } = await newPerson(servers[0].url);
    const cookie = deviceCookie(await logIn(email, PASSWORD));
    await fail(email, 10, { cookie });
    expect((await logIn(email, PASSWORD, { cookie })).status).toBe(423);
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });

  it('is no credential, and is known for its own user only', async () => {
    const [owner, other] = [await newPerson(servers[0].url), await newPerson(servers[0].url)];
    const answer = await logIn(owner.email, PASSWORD);
    const cookie = deviceCookie(answer);
    expect(answer.headers.getSetCookie().join()).toMatch(/HttpOnly.*SameSite=Lax/);
    await fail(other.email, 10);
    expect((await logIn(other.email, PASSWORD, { cookie })).status).toBe(423);
    const forged = cookie.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    await fail(owner.email, 10);
    expect((await logIn(owner.email, PASSWORD, { cookie: forged })).status).toBe(423);
    const me = await new Client(servers[0].url).get('/api/auth/me', { headers: { cookie } });
    expect(me).toMatchObject({ status: 401, body: { code: 'AUTH_008' } });
  });
});

describe('the counter', () => {
  it('survives the request that it counts, which fails', async () => {
    const email = newEmail();
    const sum = 'select coalesce(sum(cardinality(failed_at)), 0)::int as total from login_failures';
    const [before] = await database.query<{ total: number }>(sum);
    await fail(email, 3);
    const [after] = await database.query<{ total: number }>(sum);
    // each counts for its network and for the account
    expect((after?.total ?? 0) - (before?.total ?? 0)).toBe(6);
  });

  it('stores no e-mail address', async () => {
    const email = newEmail();
    await fail(email, 1);
    const rows = await database.query<{ text: string }>("select encode(subject, 'escape') as text from login_failures");
    expect(rows.map(({ text }) => text).join()).not.toContain(email);
  });

  it('counts the current password of a password change, too', async () => {
    const { client, email } = await newPerson(servers[0].url);
    const change = { current_password: WRONG, new_password: 'another horse battery staple' };
    for (let count = 0; count < 10; count++) expect((await client.post('/api/auth/password', change)).status).toBe(401);
    const right = { ...change, current_password: PASSWORD };
    expect(await client.post('/api/auth/password', right)).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });
});

describe('beside the rate limit of logins', () => {
  it('a lock answers first, and guesses at many accounts meet the limit', async () => {
    const limited = await startServer({
      DATABASE_URL: database.runtimeUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      RATE_LIMIT_LOGIN: '10',
    });
    try {
      const attempt = (email: string) => new Client(limited.url).post('/api/auth/login', { email, password: WRONG });
      const email = newEmail();
      for (let count = 0; count < 10; count++) expect((await attempt(email)).body.code).toBe('AUTH_001');
      expect(await attempt(email)).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
      expect(await attempt(newEmail())).toMatchObject({ status: 429, body: { code: 'REQ_008' } });
    } finally {
      await limited.stop();
    }
  });
});

describe('a disabled account', () => {
  it('is told to whoever knows the password, without Retry-After, and to nobody else', async () => {
    const { email, id } = await newPerson(servers[0].url);
    await database.query('update users set disabled_at = now() where id = $1', [id]);
    const wrong = await logIn(email, WRONG);
    const right = await logIn(email, PASSWORD);
    expect(wrong).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(visible(wrong)).toEqual(visible(await logIn(newEmail(), WRONG)));
    expect(right).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    expect(right.headers.get('retry-after')).toBeNull();
    expect(right.body.detail).toContain('support@kindly.com');
    expect(right.headers.getSetCookie()).toEqual([]);
  });
});
