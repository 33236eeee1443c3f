import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client } from '../../support/client.ts';
import { type BrowserSession, cookieHeader, cookiesOf, loginWithCookie } from '../../support/cookies.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [shared, otherProcess] = world().servers;
const OURS = 'http://localhost:3000';

let person: Person;
let browser: BrowserSession;

beforeAll(async () => {
  person = await newPerson();
  browser = await loginWithCookie(person, shared);
});

interface Sent {
  readonly origin?: string | undefined;
  readonly token?: string | undefined;
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
  readonly baseUrl?: string;
}

/** A state change as a browser sends it: cookie, Origin, token; each part can be left out or replaced. */
function change(sent: Sent = {}): Promise<Answer<{ code: string; id?: string }>> {
  const { origin, token, cookie, headers, baseUrl } = {
    origin: OURS,
    token: browser.csrfToken,
    cookie: cookieHeader(browser.cookie),
    baseUrl: shared,
    ...sent,
  };
  return new Client(baseUrl).post(
    '/api/keys',
    { name: 'A key' },
    {
      headers: {
        cookie,
        ...(origin !== undefined && { origin }),
        ...(token !== undefined && { 'x-csrf-token': token }),
        ...headers,
      },
    },
  );
}

async function keyCount(): Promise<number> {
  return (await person.client.get<{ data: unknown[] }>('/api/keys?limit=100')).body.data.length;
}

/** Refused, and nothing has changed. */
async function expectRefused(send: () => Promise<Answer>): Promise<void> {
  const before = await keyCount();
  expect(await send()).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
  expect(await keyCount()).toBe(before);
}

describe('a state-changing request with a session cookie', () => {
  it('201 with the token of its session from an origin of ours, on every process', async () => {
    for (const sent of [
      {},
      { origin: shared },
      { baseUrl: otherProcess },
      { headers: { 'sec-fetch-site': 'same-origin' } },
    ]) {
      expect((await change(sent)).status).toBe(201);
    }
  });

  it('403 AUTH_010 without a token', () => expectRefused(() => change({ token: undefined })));

  it('403 AUTH_010 with a token of another session of the same user', async () => {
    const other = await loginWithCookie(person, shared);
    await expectRefused(() => change({ token: other.csrfToken }));
  });

  it('403 AUTH_010 with a token from before the login', async () => {
    const early = await new Client(shared).get<{ csrf_token: string }>('/api/csrf-token');
    const cookie = `${cookieHeader(browser.cookie)}; ${cookieHeader(...cookiesOf(early))}`;
    await expectRefused(() => change({ token: early.body.csrf_token, cookie }));
  });

  it("403 AUTH_010 with a pair of cookie and token that an attacker got for himself and tossed into the victim's browser", async () => {
    const attackers = await new Client(shared).get<{ csrf_token: string }>('/api/csrf-token');
    const tossed = `${cookieHeader(...cookiesOf(attackers))}; ${cookieHeader(browser.cookie)}`;
    await expectRefused(() => change({ token: attackers.body.csrf_token, cookie: tossed }));
    const attacker = await loginWithCookie(await newPerson(), shared);
    await expectRefused(() => change({ token: attacker.csrfToken }));
  });

  it.each([
    ['missing', undefined],
    ['null', 'null'],
    ['foreign', 'https://evil.example'],
    ['ours with another port', 'http://localhost:3001'],
    ['ours as a prefix', 'http://localhost:3000.evil.example'],
    ['ours on HTTPS', 'https://localhost:3000'],
  ])('403 AUTH_010 with an Origin that is %s', (_what, origin) => expectRefused(() => change({ origin })));

  it('403 AUTH_010 when the browser says cross-site, right token or not', () =>
    expectRefused(() => change({ headers: { 'sec-fetch-site': 'cross-site' } })));

  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/plain;charset=utf-8',
    ' Text/Plain',
  ])('403 AUTH_010 with the Content-Type of a form, %s', (type) =>
    expectRefused(() => change({ headers: { 'content-type': type } })),
  );

  it('403 AUTH_010 with the token in the body, in the query, or in another header', async () => {
    await expectRefused(() => change({ token: undefined, headers: { 'csrf-token': browser.csrfToken } }));
    await expectRefused(() => change({ token: undefined, headers: { 'x-xsrf-token': browser.csrfToken } }));
    const headers = { cookie: cookieHeader(browser.cookie), origin: OURS };
    await expectRefused(() =>
      new Client(shared).post('/api/keys', { name: 'A key', _csrf: browser.csrfToken }, { headers }),
    );
    await expectRefused(() =>
      new Client(shared).post(`/api/keys?_csrf=${browser.csrfToken}`, { name: 'A key' }, { headers }),
    );
  });

  it.each(['POST', 'DELETE'])('403 AUTH_010 for %s of everything else that needs a session, too', async (method) => {
    const path = method === 'POST' ? '/api/auth/mfa/enable' : '/api/keys/018cf2b8-3c00-7000-8000-000000000000';
    const answer = await new Client(shared).request(method, path, {
      headers: { cookie: cookieHeader(browser.cookie) },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
  });

  it('needs no token for what is public: login and registration', async () => {
    const { email, password } = person;
    const headers = { cookie: cookieHeader(browser.cookie) };
    expect((await new Client(shared).post('/api/auth/login', { email, password }, { headers })).status).toBe(200);
  });

  it('tells a stranger without a live session nothing: 401 comes first', async () => {
    expect(await change({ cookie: 'kindly_session=x', token: undefined })).toMatchObject({ status: 401 });
  });
});

describe('a reading request with a session cookie', () => {
  it('needs neither token nor Origin', async () => {
    const headers = { cookie: cookieHeader(browser.cookie) };
    expect((await new Client(shared).get('/api/keys', { headers })).status).toBe(200);
  });
});
