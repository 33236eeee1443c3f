import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client } from '../../support/client.ts';
import { cookieHeader, cookiesOf, loginWithCookie } from '../../support/cookies.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { world } from '../../support/world.ts';

type CsrfBody = { csrf_token: string };

const HOUR_MS = 60 * 60_000;
const [shared, otherProcess] = world().servers;
let database: TestDatabase;
let secure: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  secure = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    PUBLIC_URL: 'https://api.kindly.example',
    CORS_ORIGINS: 'https://app.other.example',
  });
});
afterAll(async () => {
  await secure.stop();
  await database.drop();
});

function getToken(baseUrl: string, headers: Record<string, string> = {}): Promise<Answer<CsrfBody>> {
  return new Client(baseUrl).get<CsrfBody>('/api/csrf-token', { headers });
}

/** A harmless state change with a header credential and a CSRF token. */
function change(client: Client, token: string, cookie?: string): Promise<Answer> {
  const headers = { 'x-csrf-token': token, ...(cookie !== undefined && { cookie }) };
  return client.post('/api/keys', { name: 'A key' }, { headers });
}

describe('getCsrfToken 200', () => {
  it('before login gives a token and the cookie that it is bound to', async () => {
    const answer = await getToken(shared);
    expect(answer.status).toBe(200);
    expect(answer.body.csrf_token.length).toBeGreaterThan(30);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [cookie] = cookiesOf(answer);
    expect(cookie?.name).toBe('kindly_csrf');
    expect(Object.fromEntries(cookie?.attributes ?? [])).toEqual({ path: '/', httponly: true, samesite: 'Lax' });
  });

  it('keeps the cookie of a browser that has one, and gives another token each time', async () => {
    const first = await getToken(shared);
    const cookie = cookieHeader(...cookiesOf(first));
    const second = await getToken(shared, { cookie });
    expect(cookiesOf(second)).toEqual([]);
    expect(second.body.csrf_token).not.toBe(first.body.csrf_token);
    const person = await newPerson();
    for (const { body } of [first, second]) {
      expect((await change(person.client, body.csrf_token, cookie)).status).toBe(201);
    }
  });

  it('on HTTPS pins the cookie to the host, and lets pages of an admitted site have one of their own', async () => {
    const [cookie] = cookiesOf(await getToken(secure.url));
    expect(cookie?.name).toBe('__Host-kindly_csrf');
    expect(Object.fromEntries(cookie?.attributes ?? [])).toEqual({
      path: '/',
      httponly: true,
      secure: true,
      samesite: 'None',
      partitioned: true,
    });
  });

  it('with a dead or forged session cookie gives a token of the browser instead of refusing', async () => {
    for (const value of ['x', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x', '']) {
      expect((await getToken(shared, { cookie: `kindly_session=${value}` })).status).toBe(200);
    }
  });
});

describe('a CSRF token beside a header credential', () => {
  let person: Person;
  beforeAll(async () => {
    person = await newPerson();
  });

  it('is not needed: 201 without one', async () => {
    expect((await person.client.post('/api/keys', { name: 'A key' })).status).toBe(201);
  });

  it('of the browser is taken, on every process, for a session and for an API key', async () => {
    const answer = await getToken(shared);
    const cookie = cookieHeader(...cookiesOf(answer));
    const { key } = await newKey(person.client, { permissions: ['write:keys'] });
    for (const client of [person.client, person.client.at(otherProcess), new Client(shared).with({ apiKey: key })]) {
      expect((await change(client, answer.body.csrf_token, cookie)).status).toBe(201);
    }
  });

  it('of the session in the header is taken, and needs no cookie', async () => {
    const { body } = await person.client.get<CsrfBody>('/api/csrf-token');
    expect((await change(person.client, body.csrf_token)).status).toBe(201);
  });

  it("of the session in the browser's cookie is taken, though another session's token is in the header", async () => {
    const { cookie, csrfToken } = await loginWithCookie(person, shared);
    expect((await change(person.client, csrfToken, cookieHeader(cookie))).status).toBe(201);
  });

  it.each([
    ['made up', 'aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'],
    ['empty', ''],
    ['no token at all', 'x'],
  ])('that is %s is refused: 403 AUTH_010, and nothing changes', async (_what, token) => {
    const { id, client } = await newPerson();
    const cookie = cookieHeader(...cookiesOf(await getToken(shared)));
    expect(await change(client, token, cookie)).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
    expect((await client.get<{ data: unknown[] }>('/api/keys')).body.data).toEqual([]);
    expect(id).toBeTruthy();
  });

  it('of another browser, of another session, or altered in one character is refused', async () => {
    const ours = await getToken(shared);
    const cookie = cookieHeader(...cookiesOf(ours));
    const strangers = await getToken(shared);
    const stranger = await newPerson();
    const theirs = await stranger.client.get<CsrfBody>('/api/csrf-token');
    const altered = ours.body.csrf_token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const token of [strangers.body.csrf_token, theirs.body.csrf_token, altered]) {
      expect((await change(person.client, token, cookie)).status).toBe(403);
    }
    expect((await change(person.client, ours.body.csrf_token)).status).toBe(403);
  });

  it('in the query is not looked at', async () => {
    const answer = await person.client.post('/api/keys?_csrf=x', { name: 'A key' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001' } });
  });

  it('is good for twelve hours at least and a day at most', async () => {
    const owner = await newPerson(secure.url);
    const { body } = await owner.client.get<CsrfBody>('/api/csrf-token');
    await secure.advanceClock(12 * HOUR_MS - 60_000);
    // the access token has ended meanwhile; a new login has a session of its own, the browser is the same
    const login = await new Client(secure.url).post<{ access_token: string }>('/api/auth/login', {
      email: owner.email,
      password: owner.password,
    });
    const browser = await getToken(secure.url);
    const cookie = cookieHeader(...cookiesOf(browser));
    const client = owner.client.with({ bearer: login.body.access_token });
    expect((await change(client, body.csrf_token)).status).toBe(403);
    expect((await change(client, browser.body.csrf_token, cookie)).status).toBe(201);
    await secure.advanceClock(24 * HOUR_MS);
    const later = await new Client(secure.url).post<{ access_token: string }>('/api/auth/login', {
      email: owner.email,
      password: owner.password,
    });
    const stale = await change(client.with({ bearer: later.body.access_token }), browser.body.csrf_token, cookie);
    expect(stale).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
  });
});
