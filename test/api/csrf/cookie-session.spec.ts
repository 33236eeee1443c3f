import { createHmac, hkdfSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { Client } from '../../support/client.ts';
import { type BrowserSession, cookieHeader, cookiesOf, loginWithCookie } from '../../support/cookies.ts';
import { createDatabase, existingDatabase, type TestDatabase } from '../../support/database.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../../support/server.ts';
import { world } from '../../support/world.ts';

const [shared, otherProcess] = world().servers;
const PUBLIC_ORIGIN = 'http://localhost:3000';
let database: TestDatabase;
let own: TestServer;
let person: Person;
let browser: BrowserSession;

beforeAll(async () => {
  database = await createDatabase();
  own = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    PUBLIC_URL: 'https://api.kindly.example',
  });
  person = await newPerson();
  browser = await loginWithCookie(person, shared);
});
afterAll(async () => {
  await own.stop();
  await database.drop();
});

function login(baseUrl: string, who: Person, headers: Record<string, string> = {}, fields: object = { cookie: true }) {
  const { email, password } = who;
  return new Client(baseUrl).post('/api/auth/login', { email, password, ...fields }, { headers });
}

const sessionCookies = (answer: Awaited<ReturnType<typeof login>>) =>
  cookiesOf(answer).filter(({ name }) => name.endsWith('kindly_session'));

/** Asks for the keys, with the cookie alone. */
function read(cookie: string, headers: Record<string, string> = {}, baseUrl = shared) {
  return new Client(baseUrl).get('/api/keys', { headers: { cookie, ...headers } });
}

describe('login with "cookie": true', () => {
  it('200 sets a cookie that no script can read, no other site can send, and that lives as long as the session', () => {
    expect(browser.cookie.name).toBe('kindly_session');
    const { expires, ...attributes } = Object.fromEntries(browser.cookie.attributes);
    expect(attributes).toEqual({ path: '/', httponly: true, samesite: 'Lax' });
    const days = (new Date(String(expires)).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThanOrEqual(90);
  });

  it('on HTTPS pins the cookie to the host and to HTTPS', async () => {
    const answer = await login(own.url, await newPerson(own.url));
    const [cookie] = sessionCookies(answer);
    expect(cookie?.name).toBe('__Host-kindly_session');
    expect(Object.fromEntries(cookie?.attributes ?? [])).toMatchObject({ path: '/', secure: true, httponly: true });
    expect(cookie?.attributes.has('domain')).toBe(false);
  });

  it.each([{}, { cookie: false }])('sets none for %j', async (fields) => {
    const answer = await login(shared, person, {}, fields);
    expect(answer.status).toBe(200);
    expect(sessionCookies(answer)).toEqual([]);
  });

  it.each([PUBLIC_ORIGIN, shared])('is open to a page of the API itself, %s', async (origin) => {
    expect((await login(shared, person, { origin })).status).toBe(200);
  });

  it.each(['https://evil.example', 'null'])(
    '403 AUTH_010 from %s: nobody logs a browser in to his account',
    async (origin) => {
      const answer = await login(shared, person, { origin });
      expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
      expect(cookiesOf(answer)).toEqual([]);
    },
  );

  it('403 AUTH_010 when the browser says cross-site', async () => {
    const answer = await login(shared, person, { origin: PUBLIC_ORIGIN, 'sec-fetch-site': 'cross-site' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    '415 as a form, %s',
    async (type) => {
      const { email, password } = person;
      const answer = await new Client(shared).post('/api/auth/login', undefined, {
        raw: JSON.stringify({ email, password, cookie: true }),
        headers: { 'content-type': type },
      });
      expect(answer).toMatchObject({ status: 415, body: { code: 'REQ_004' } });
      expect(cookiesOf(answer)).toEqual([]);
    },
  );

  it('works from a browser whose old cookie is dead', async () => {
    expect((await login(shared, person, { cookie: 'kindly_session=dead' })).status).toBe(200);
  });
});

describe('a session cookie', () => {
  it('alone authenticates reading, on every process', async () => {
    expect((await read(cookieHeader(browser.cookie))).status).toBe(200);
    expect((await read(cookieHeader(browser.cookie), {}, otherProcess)).status).toBe(200);
  });

  it('is silenced by a header credential, good or bad', async () => {
    const { key } = await newKey(person.client, { permissions: ['read:compression'] });
    const cookie = cookieHeader(browser.cookie);
    expect(await read(cookie, { 'x-api-key': key })).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
    expect(await read(cookie, { authorization: 'Bearer x.y.z' })).toMatchObject({ status: 401 });
    expect(await read(cookie, { 'x-api-key': 'kapi_prod_x' })).toMatchObject({
      status: 401,
      body: { code: 'AUTH_004' },
    });
  });

  it.each([
    ['its own value as a bearer token', () => ({ authorization: `Bearer ${browser.cookie.value}` })],
    ['its own value as an API key', () => ({ 'x-api-key': browser.cookie.value })],
    ['an access token in the cookie', () => ({ cookie: `kindly_session=${browser.tokens.access_token}` })],
    ['a refresh token in the cookie', () => ({ cookie: `kindly_session=${browser.tokens.refresh_token}` })],
    ['an altered value', () => ({ cookie: `kindly_session=${browser.cookie.value.slice(0, -2)}xx` })],
    ['another name', () => ({ cookie: `Kindly_session=${browser.cookie.value}` })],
    ['the name that only HTTPS has', () => ({ cookie: `__Host-kindly_session=${browser.cookie.value}` })],
  ])('401: %s is no credential', async (_what, headers) => {
    expect((await new Client(shared).get('/api/keys', { headers: headers() })).status).toBe(401);
  });

  it('401: two of them, one planted beside ours, count for none, in either order', async () => {
    const planted = await loginWithCookie(await newPerson(), shared);
    for (const pair of [
      [planted.cookie, browser.cookie],
      [browser.cookie, planted.cookie],
    ]) {
      expect(await read(cookieHeader(...pair))).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
    }
  });

  it('401: signed as a cookie with the key of another kind, or with alg none', async () => {
    const [header = '', payload = ''] = browser.cookie.value.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const accessKey = Buffer.from(hkdfSync('sha256', TEST_SECRETS.JWT_SECRETS, '', 'kindly/v1/jwt/access', 32));
    const mac = createHmac('sha256', accessKey).update(`${header}.${payload}`).digest('base64url');
    for (const value of [`${header}.${payload}.${mac}`, `${none}.${payload}.`, `${header}.${payload}.`]) {
      expect((await read(`kindly_session=${value}`)).status).toBe(401);
    }
  });

  it('401 on HTTPS without the prefix: a sibling domain could have planted it', async () => {
    const { cookie } = await loginWithCookie(await newPerson(own.url), own.url);
    expect((await read(cookieHeader(cookie), {}, own.url)).status).toBe(200);
    expect((await read(`kindly_session=${cookie.value}`, {}, own.url)).status).toBe(401);
  });

  it('401 AUTH_002 once its session has ended, and the browser is told to drop it', async () => {
    const ended = await loginWithCookie(person, shared);
    const { sid } = JSON.parse(Buffer.from(ended.cookie.value.split('.')[1] ?? '', 'base64url').toString()) as {
      sid: string;
    };
    await existingDatabase(world().sharedDatabase).query('update sessions set revoked_at = now() where id = $1', [sid]);
    // asked of the process that has not verified it before
    const answer = await read(cookieHeader(ended.cookie), {}, otherProcess);
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    const [cleared] = cookiesOf(answer);
    expect(cleared).toMatchObject({ name: 'kindly_session', value: '' });
    expect(new Date(String(cleared?.attributes.get('expires'))).getTime()).toBe(0);
  });

  it.each(['/api/auth/logout', '/api/auth/logout-all'])(
    'is taken back by %s and dead on every process',
    async (path) => {
      const who = await newPerson();
      const { cookie, csrfToken } = await loginWithCookie(who, shared);
      const headers = { cookie: cookieHeader(cookie), origin: PUBLIC_ORIGIN, 'x-csrf-token': csrfToken };
      expect((await read(cookieHeader(cookie), {}, otherProcess)).status).toBe(200);
      const answer = await new Client(shared).post(path, undefined, { headers });
      expect(answer.status).toBe(204);
      expect(sessionCookies(answer)).toMatchObject([{ name: 'kindly_session', value: '' }]);
      // the device stays known, and cookies of other hosts of the domain are none of ours
      expect(answer.headers.get('clear-site-data')).toBe('"cache", "storage"');
      expect(cookiesOf(answer).map(({ name }) => name)).toEqual(['kindly_session']);
      expect(await read(cookieHeader(cookie), {}, shared)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
      // the other process hears of it by a notification, some milliseconds later
      await eventually(async () => (await read(cookieHeader(cookie), {}, otherProcess)).status === 401);
    },
  );

  it('alone lets a browser drop what it keeps: a client with a token is told nothing of that', async () => {
    const { client } = await newPerson();
    const answer = await client.post('/api/auth/logout');
    expect(answer.status).toBe(204);
    expect(answer.headers.has('clear-site-data')).toBe(false);
  });

  it('says in whoami how it came', async () => {
    const headers = { cookie: cookieHeader(browser.cookie) };
    const answer = await new Client(shared).get<{ method: string }>('/api/auth/whoami', { headers });
    expect(answer.body.method).toBe('session_cookie');
  });

  it('401 AUTH_002 after ninety days', async () => {
    const old = await loginWithCookie(await newPerson(own.url), own.url);
    const at = await own.advanceClock(90 * 86_400_000 + 1000);
    expect(await read(cookieHeader(old.cookie), {}, own.url)).toMatchObject({
      status: 401,
      body: { code: 'AUTH_002' },
    });
    expect(at).toBeGreaterThan(Date.now());
  });
});
