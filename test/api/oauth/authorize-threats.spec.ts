import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  allow,
  authorizePath,
  hiddenFields,
  logInOnPage,
  newCode,
  PageBrowser,
  redeem,
} from '../../support/authorize.ts';
import { Client } from '../../support/client.ts';
import { cookieHeader, loginWithCookie } from '../../support/cookies.ts';
import { basicOf, newOAuthClient, type OAuthClientBody, REDIRECT_URI } from '../../support/oauth.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const SESSION = 'kindly_session';
let developer: Person;
let person: Person;
let client: OAuthClientBody;
beforeAll(async () => {
  [developer, person] = await Promise.all([newPerson(), newPerson()]);
  client = await newOAuthClient(developer.client, { scopes: ['read:compression', 'write:compression', 'openid'] });
});

/** Who is logged in with a session cookie; undefined: nobody. */
async function holderOf(session: string | undefined): Promise<string | undefined> {
  const headers = { cookie: cookieHeader({ name: SESSION, value: session ?? '' }) };
  return (await new Client(baseUrl).get<{ email?: string }>('/api/auth/me', { headers })).body.email;
}

// anybody can register a client, so errors are redirects to anywhere (RFC 9700 §4.11.2)
describe('a faulty request of somebody who has not logged in', () => {
  it.each([
    ['an unknown scope', { scope: 'nonsense' }],
    ['another response type', { response_type: 'token' }],
    ['a PKCE method that is not', { code_challenge: 'x', code_challenge_method: 'plain' }],
  ])('shows a page that lets the user decide, and is no redirect: %s', async (_name, change) => {
    const page = await new PageBrowser(baseUrl).open(authorizePath(client, { state: '"><b>', ...change }));
    expect(page).toMatchObject({ status: 400, location: null });
    expect(page.headers.get('refresh')).toBeNull();
    expect(page.text).not.toMatch(/<form|http-equiv|<b>/);
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    const [, href = ''] = /<a href="([^"]+)"/.exec(page.text) ?? [];
    const back = new URL(href.replaceAll('&amp;', '&'));
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT_URI);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: expect.any(String), state: '"><b>' });
    expect(back.searchParams.has('code')).toBe(false);
  });

  it('is answered to the client where nobody may be asked: prompt=none', async () => {
    const page = await new PageBrowser(baseUrl).open(authorizePath(client, { prompt: 'none' }));
    expect(page.status).toBe(303);
    const answer = Object.fromEntries(page.location?.searchParams ?? []);
    expect(answer).toMatchObject({ error: 'login_required', state: 'st-1', iss: 'http://localhost:3000' });
  });
});

describe('a session that somebody has planted in the browser', () => {
  it('does not become the session of who logs in, and is not given to its planter', async () => {
    const attacker = await newPerson();
    const { cookie: planted } = await loginWithCookie(attacker, baseUrl);
    const browser = new PageBrowser(baseUrl, { [SESSION]: planted.value });
    await logInOnPage(browser, authorizePath(client, { prompt: 'login' }), person);
    expect(browser.cookie(SESSION)).not.toBe(planted.value);
    expect(await holderOf(browser.cookie(SESSION))).toBe(person.email);
    expect(await holderOf(planted.value)).toBe(attacker.email);
  });

  it('is not adopted when it is made up', async () => {
    const madeUp = 'A'.repeat(43);
    const browser = new PageBrowser(baseUrl, { [SESSION]: madeUp });
    await logInOnPage(browser, authorizePath(client, { prompt: 'login' }), person);
    expect(browser.cookie(SESSION)).not.toBe(madeUp);
    expect(await holderOf(madeUp)).toBeUndefined();
  });
});

describe('the page after the login', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\r\nLocation: https://evil.example/',
    'client_id=x&redirect_uri=https://evil.example/&response_type=code',
  ])('is this server’s, whatever the form says: %j', async (target) => {
    const browser = new PageBrowser(baseUrl);
    const login = await browser.open(authorizePath(client));
    const typed = { email: person.email, password: person.password };
    const changed = await browser.submit(login, { ...typed, request: target });
    expect(changed.location).toBeNull();
    expect(browser.cookie(SESSION)).toBeUndefined();
    const elsewhere = { next: target, return_to: target, continue: target };
    const page = await browser.open(authorizePath(client, elsewhere));
    const sent = await browser.submit(page, { ...typed, ...elsewhere }, { referer: 'https://evil.example/' });
    expect(sent.status).toBe(303);
    expect(`${sent.location?.origin}${sent.location?.pathname}`).toBe(`${baseUrl}/oauth/authorize`);
  });
});

describe('the answer to the client', () => {
  it('asks for the account again with prompt=select_account, and gives the code of the one that is chosen', async () => {
    const other = await newPerson();
    const browser = new PageBrowser(baseUrl);
    await allow(browser, authorizePath(client), person);
    const path = authorizePath(client, { prompt: 'select_account' });
    expect((await browser.open(path)).text).toContain('autocomplete="current-password"');
    const code = (await allow(browser, path, other)).searchParams.get('code') ?? '';
    const { client_id, client_secret } = client;
    const redemption = { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI, client_id, client_secret, code };
    const { id_token: idToken } = (await redeem(baseUrl, redemption)).body;
    const [, claims = ''] = idToken.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ sub: other.id });
  });

  it('leaves out a state that has no value, and one that came twice', async () => {
    const browser = new PageBrowser(baseUrl);
    await allow(browser, authorizePath(client), person);
    const empty = await browser.open(authorizePath(client, { state: '' }));
    expect(empty.location?.searchParams.has('code')).toBe(true);
    expect(empty.location?.searchParams.has('state')).toBe(false);
    const twice = await browser.open(`${authorizePath(client)}&state=st-2`);
    expect(twice.location?.searchParams.get('error')).toBe('invalid_request');
    expect(twice.location?.searchParams.has('state')).toBe(false);
  });

  it('is a page, not a failure, for a port that no URL has', async () => {
    const own = await newOAuthClient(developer.client, { redirect_uris: ['http://127.0.0.1/cb'] });
    const uri = 'http://127.0.0.1:99999/cb';
    const page = await new PageBrowser(baseUrl).open(authorizePath(own, { redirect_uri: uri }));
    expect(page).toMatchObject({ status: 400, location: null });
  });

  it('is not made by a link: the form has to be sent', async () => {
    const browser = new PageBrowser(baseUrl);
    const consent = await logInOnPage(browser, authorizePath(client, { prompt: 'consent' }), person);
    const query = new URLSearchParams({ ...hiddenFields(consent), decision: 'approve' }).toString();
    expect((await browser.open(`/oauth/authorize/consent?${query}`)).status).toBe(405);
  });
});

describe('id_token_hint', () => {
  it('gets no code of another user who is logged in, and none on the strength of a hint that is not the client’s', async () => {
    const { redemption } = await newCode(baseUrl, client, person);
    const { id_token: hint } = (await redeem(baseUrl, redemption)).body;
    const [header = '', claims = '', signature = ''] = hint.split('.');
    const own = new PageBrowser(baseUrl);
    await allow(own, authorizePath(client), person);
    const others = new PageBrowser(baseUrl);
    await allow(others, authorizePath(client), await newPerson());
    const ask = async (browser: PageBrowser, id_token_hint: string, more = {}): Promise<string | null> => {
      const { location } = await browser.open(authorizePath(client, { id_token_hint, ...more }));
      return location && (location.searchParams.get('error') ?? (location.searchParams.has('code') ? 'a code' : ''));
    };
    for (const more of [{}, { prompt: 'none' }]) {
      expect(await ask(own, hint, more)).toBe('a code');
      expect(await ask(others, hint, more)).toBe('login_required');
    }
    const stranger = await newOAuthClient(developer.client, { scopes: ['read:compression', 'openid'] });
    const { redemption: theirs } = await newCode(baseUrl, stranger, person);
    const { id_token: ofAnother, access_token: accessToken } = (await redeem(baseUrl, theirs)).body;
    for (const bad of ['x', `${header}.${claims}.${signature.replace(/^./, 'A')}x`, ofAnother, accessToken]) {
      expect(await ask(own, bad, { prompt: 'none' })).toBe('login_required');
    }
  });
});

describe('a request by POST', () => {
  it('goes on as a GET here, with whoever is logged in; nothing is decided by a form from elsewhere', async () => {
    const browser = new PageBrowser(baseUrl);
    await allow(browser, authorizePath(client), person);
    const [, query = ''] = authorizePath(client, { acr_values: '1', display: 'page', ui_locales: 'de', x: 'y' }).split(
      '?',
    );
    const answer = await fetch(`${baseUrl}/oauth/authorize`, {
      method: 'POST',
      body: new URLSearchParams(query),
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    const location = answer.headers.get('location') ?? '';
    expect(location).toMatch(/^\/oauth\/authorize\?/);
    expect((await browser.open(location)).location?.searchParams.has('code')).toBe(true);
    for (const body of ['client_id=a&client_id=b', '%0d%0aLocation:%20https://evil.example/']) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const odd = await fetch(`${baseUrl}/oauth/authorize`, { method: 'POST', body, headers, redirect: 'manual' });
      expect(odd.headers.get('location') ?? '/oauth/').toMatch(/^\/oauth\//);
    }
  });
});

describe('answers about tokens', () => {
  it('are never to be stored, refusals neither; a 401 says how to authenticate', async () => {
    const { redemption } = await newCode(baseUrl, client, person);
    const redeemed = await redeem(baseUrl, redemption);
    const bad = basicOf({ client_id: client.client_id, client_secret: 'guess' });
    const anonymous = new Client(baseUrl);
    const refused = await Promise.all(
      ['token', 'introspect', 'revoke'].map((door) =>
        anonymous.post(`/oauth/${door}`, { grant_type: 'client_credentials', token: 'x' }, { headers: bad }),
      ),
    );
    for (const answer of refused) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    }
    const wrong = new Client(baseUrl).with({ bearer: `${redeemed.body.access_token.slice(0, -1)}!` });
    const stranger = await wrong.get('/oauth/userinfo');
    expect(stranger.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    for (const { status, headers } of [redeemed, await redeem(baseUrl, redemption), ...refused, stranger]) {
      expect({ status, cache: headers.get('cache-control') }).toEqual({ status, cache: 'no-store' });
    }
  });
});
