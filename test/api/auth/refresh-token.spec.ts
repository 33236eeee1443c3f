import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Answer, Client, ProblemBody } from '../../support/client.ts';
import { Client as HttpClient } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventsOf } from '../../support/outbox.ts';
import { expectStatus, newPerson, PASSWORD, type Person, type SessionBody } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(60_000);

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

let database: TestDatabase;
let servers: [TestServer, TestServer];

beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  servers = await Promise.all([startServer(environment), startServer(environment)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

function anonymous(which = 0): Client {
  return new HttpClient(servers[which === 0 ? 0 : 1].url);
}

function refresh<Body = SessionBody & ProblemBody>(token: unknown, which = 0): Promise<Answer<Body>> {
  return anonymous(which).post<Body>('/api/auth/refresh', { refresh_token: token });
}

async function refreshed(token: string, which = 0): Promise<SessionBody> {
  return expectStatus(await refresh(token, which), 200).body;
}

async function advanceClocks(ms: number): Promise<void> {
  await Promise.all(servers.map((server) => server.advanceClock(ms)));
}

function person(): Promise<Person> {
  return newPerson(servers[0].url);
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function isAlive(session: SessionBody): Promise<boolean> {
  const { status } = await anonymous().with({ bearer: session.access_token }).get('/api/auth/me');
  return status === 200;
}

describe('refreshToken 200', () => {
  it('gives new tokens of the same session in the shape of a login', async () => {
    const { session } = await person();
    const next = await refreshed(session.refresh_token);
    expect(Object.keys(next).toSorted()).toEqual(Object.keys(session).toSorted());
    expect(next.user).toEqual(session.user);
    expect(next.refresh_token).not.toBe(session.refresh_token);
    expect(next.access_token).not.toBe(session.access_token);
    expect(await isAlive(next)).toBe(true);
    expect(await isAlive(session)).toBe(true);
  });

  it('has the header and claims that the guide prints', async () => {
    const { session } = await person();
    const next = await refreshed(session.refresh_token);
    const [header, payload] = next.access_token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(header).toBe('{"alg":"HS256","typ":"JWT"}');
    const claims = JSON.parse(payload ?? '');
    expect(claims).toMatchObject({ sub: session.user.id, email: session.user.email, name: session.user.name });
    expect(claims.exp - claims.iat).toBe(3_600);
  });

  it('gives 20 parallel requests on two processes one and the same successor', async () => {
    const { session } = await person();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, position) => refresh(session.refresh_token, position % 2)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    const [successor = ''] = successors;
    expect(successor).not.toBe(session.refresh_token);
    // the winner's child refreshes once more
    expect((await refresh(successor)).status).toBe(200);
  });

  it('gives each of many that arrive together the tokens of its own session, and only the ended one none', async () => {
    const { session, email } = await person();
    const login = (): Promise<Answer<SessionBody>> =>
      anonymous().post('/api/auth/login', { email, password: PASSWORD });
    const sessions = [session];
    while (sessions.length < 8) sessions.push(expectStatus(await login(), 200).body);
    const [ended] = sessions;
    expectStatus(await anonymous().with({ bearer: ended?.access_token }).post('/api/auth/logout'), 204);
    const tokens = sessions.map(({ refresh_token: token }) => token);
    // twice on each process, in opposite orders
    const order = [...tokens, ...tokens.toReversed()];
    const answers = await Promise.all(order.flatMap((token) => [refresh(token, 0), refresh(token, 1)]));
    const successors = new Map<string, Set<string>>();
    answers.forEach(({ status, body }, position) => {
      const token = order[Math.floor(position / 2)] ?? '';
      expect(status).toBe(token === tokens[0] ? 401 : 200);
      if (status !== 200) return;
      successors.set(token, (successors.get(token) ?? new Set()).add(body.refresh_token));
      expect(claimsOf(body.refresh_token).sid).toBe(claimsOf(token).sid);
      expect(claimsOf(body.access_token).sid).toBe(claimsOf(token).sid);
    });
    expect([...successors.values()].map(({ size }) => size)).toEqual(tokens.slice(1).map(() => 1));
  });

  it('gives the spent token its successor again for 60 seconds, and the same one', async () => {
    const { session } = await person();
    const next = await refreshed(session.refresh_token);
    await advanceClocks(58 * SECOND_MS);
    const again = await refreshed(session.refresh_token, 1);
    expect(again.refresh_token).toBe(next.refresh_token);
    expect(await isAlive(next)).toBe(true);
  });

  it('keeps a session that is refreshed in time for 90 days, and not a second longer', async () => {
    const { session } = await person();
    let current = session;
    for (const days of [29, 29, 29]) {
      await advanceClocks(days * DAY_MS);
      current = await refreshed(current.refresh_token);
    }
    await advanceClocks(3 * DAY_MS - 5 * SECOND_MS);
    current = await refreshed(current.refresh_token);
    const claims = claimsOf(current.access_token);
    expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(6);
    await advanceClocks(6 * SECOND_MS);
    expect(await refresh(current.refresh_token)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await isAlive(current)).toBe(false);
  });
});

describe('refreshToken 401', () => {
  it('ends the whole session when a spent token turns up after the grace, and no other one', async () => {
    const { session, email, id } = await person();
    const other = expectStatus(
      await anonymous().post<SessionBody>('/api/auth/login', { email, password: PASSWORD }),
      200,
    ).body;
    const next = await refreshed(session.refresh_token);
    await advanceClocks(61 * SECOND_MS);
    const replayed = await refresh(session.refresh_token, 1);
    expect(replayed).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(replayed.headers.get('www-authenticate')).toContain('invalid_token');
    expect(await refresh(next.refresh_token)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await isAlive(next)).toBe(false);
    expect(await isAlive(session)).toBe(false);
    expect(await isAlive(other)).toBe(true);
    await refresh(session.refresh_token);
    expect(await eventsOf(database, id, 'session.reuse_detected')).toHaveLength(1);
  });

  it('ends the session for the grandparent even within the 60 seconds', async () => {
    const { session } = await person();
    const second = await refreshed(session.refresh_token);
    const third = await refreshed(second.refresh_token);
    expect(await refresh(session.refresh_token)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await isAlive(third)).toBe(false);
  });

  it('does not outlive 30 days without a refresh', async () => {
    const { session } = await person();
    await advanceClocks(30 * DAY_MS + SECOND_MS);
    expect(await refresh(session.refresh_token)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
  });

  it('checks the user again: a disabled one gets nothing, and tokens of a refresh in flight are dead', async () => {
    const { session, id } = await person();
    const inFlight = await refreshed(session.refresh_token);
    await database.query('update users set disabled_at = now() where id = $1', [id]);
    expect(await refresh(inFlight.refresh_token)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect(await isAlive(inFlight)).toBe(false);
  });

  it('takes no other kind of token', async () => {
    const { session } = await person();
    for (const token of [session.access_token, 'kapi_prod_7f3d9a2b5c1e4890abcdef1234567890', 'x', 'a'.repeat(4000)]) {
      expect(await refresh(token)).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
    }
    expect(await isAlive(session)).toBe(true);
  });

  it('is durable: a revoked token stays dead when every process has restarted', async () => {
    const { session, client } = await person();
    expectStatus(await client.post('/api/auth/logout'), 204);
    await servers[1].stop();
    servers[1] = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
    expect(await refresh(session.refresh_token, 1)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
  });
});

describe('refreshToken 400', () => {
  it.each([[{}], [{ refresh_token: 1 }], [{ refresh_token: '' }], [{ refresh_token: 'x', user_id: 'y' }]])(
    'refuses the body %j',
    async (body) => {
      const answer = await anonymous().post('/api/auth/refresh', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001' } });
    },
  );
});
