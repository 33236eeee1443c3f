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
import { clientEvents } from '../../support/audit.ts';
import { awaitRoomInStep, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { existingDatabase } from '../../support/database.ts';
import { newOAuthClient, newPublicClient, type OAuthClientBody, pkcePair, REDIRECT_URI } from '../../support/oauth.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const database = existingDatabase(world().sharedDatabase);
let developer: Person;
let person: Person;
let client: OAuthClientBody;
let open: OAuthClientBody;
beforeAll(async () => {
  [developer, person] = await Promise.all([newPerson(), newPerson()]);
  client = await newOAuthClient(developer.client, { name: '<b>Evil</b> & "Co"' });
  open = await newPublicClient(developer.client);
});

const browse = (path: string) => new PageBrowser(baseUrl).open(path);
const codesOf = async (clientId: string) =>
  (
    await database.query(
      'select 1 from oauth_authorizations a join oauth_grants g on g.id = a.grant_id where g.client_id = $1',
      [clientId],
    )
  ).length;

describe('a request whose client is not registered', () => {
  it.each([
    ['an unknown client', { client_id: crypto.randomUUID() }],
    ['a client id that is none', { client_id: "' or 1=1 --" }],
    ['no client', { client_id: undefined }],
    ['no redirect URI', { redirect_uri: undefined }],
  ])('gets a page and is sent nowhere: %s', async (_name, change) => {
    const page = await browse(authorizePath(client, { ...change, prompt: 'none' }));
    expect(page.status).toBe(400);
    expect(page.location).toBeNull();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).not.toContain('<form');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'none'");
  });

  it('gets a page for a repeated client_id', async () => {
    const page = await browse(`${authorizePath(client)}&client_id=x`);
    expect(page).toMatchObject({ status: 400, location: null });
  });
});

describe('a request that is wrong in itself', () => {
  const { challenge } = pkcePair();
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  let loggedIn: PageBrowser;
  beforeAll(async () => {
    loggedIn = new PageBrowser(baseUrl);
    await logInOnPage(loggedIn, authorizePath(client), person);
  });

  it.each([
    ['response_type=token', { response_type: 'token' }, 'unsupported_response_type'],
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['an unknown scope', { scope: 'read:everything' }, 'invalid_scope'],
    ['a scope that the client does not have', { scope: 'read:keys' }, 'invalid_scope'],
    [
      'a public client without a challenge',
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
    ],
    ['plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without its method, which would be plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['a challenge that is none', { code_challenge: 'short' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'create' }, 'invalid_request'],
    ['none beside another prompt', { prompt: 'none login' }, 'invalid_request'],
    ['a negative max_age', { max_age: '-1' }, 'invalid_request'],
    ['a nonce with NUL', { nonce: 'a\0b' }, 'invalid_request'],
    ['a response mode that leaks', { response_mode: 'fragment' }, 'invalid_request'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['a request URI', { request_uri: 'http://127.0.0.1:9/' }, 'request_uri_not_supported'],
  ])('is answered to the client of whoever is logged in, with state and issuer: %s', async (_name, change, error) => {
    const page = await loggedIn.open(authorizePath(open, { ...pkce, state: 'a&b=\r\nX: 1', ...change }));
    expect(page.status).toBe(303);
    expect(`${page.location?.origin}${page.location?.pathname}`).toBe(REDIRECT_URI);
    const answer = Object.fromEntries(page.location?.searchParams ?? []);
    expect(answer).toMatchObject({ error, state: 'a&b=\r\nX: 1', iss: 'http://localhost:3000' });
    expect(answer).not.toHaveProperty('code');
    expect(page.headers.get('x')).toBeNull();
  });

  it('is answered to the client for a repeated parameter, too', async () => {
    const page = await loggedIn.open(`${authorizePath(open, pkce)}&scope=a&scope=b`);
    expect(page.location?.searchParams.get('error')).toBe('invalid_request');
  });

  it('a redirect URI with a query keeps it', async () => {
    const uri = `${REDIRECT_URI}?tenant=1`;
    const own = await newOAuthClient(developer.client, { redirect_uris: [uri] });
    const page = await browse(authorizePath(own, { redirect_uri: uri, prompt: 'none' }));
    expect(page.location?.href).toContain(`${uri}&error=login_required`);
  });
});

describe('the pages', () => {
  it('log in, ask in words, and send back with a code that is redeemed', async () => {
    const browser = new PageBrowser(baseUrl);
    const login = await browser.open(authorizePath(client));
    expect(login.status).toBe(200);
    expect(login.text).toContain('autocomplete="current-password"');
    const consent = await logInOnPage(browser, authorizePath(client), person);
    expect(consent.text).toContain('Compress and decompress data for you');
    expect(consent.text).toContain('app.example.com');
    expect(consent.text).toContain(person.email);
    expect(await codesOf(client.client_id)).toBe(0);
    const back = await browser.submit(consent, { decision: 'approve' });
    expect(back.location?.searchParams.get('code')).toMatch(/^koac_/);
    const events = await clientEvents(person.client, client.client_id, ['oauth.consent.given']);
    expect(events.length).toBeGreaterThan(0);
  });

  it('have no script and nothing from elsewhere, are in nobody’s frame, and escape what applications call themselves', async () => {
    const browser = new PageBrowser(baseUrl);
    for (const page of [
      await browser.open(authorizePath(client)),
      await logInOnPage(browser, authorizePath(client, { prompt: 'consent' }), await newPerson()),
    ]) {
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'nonce-[^']+'; form-action 'self' https:\/\/app\.example\.com; /,
      );
      expect(policy).toContain("frame-ancestors 'none'");
      expect(page.headers.get('x-frame-options')).toBe('DENY');
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.text).not.toContain('<b>Evil');
      expect(page.text).toContain('&lt;b&gt;Evil&lt;/b&gt; &amp; &quot;Co&quot;');
      expect(page.text).not.toMatch(/<script|<img|<link|src=| on[a-z]+=/);
    }
  });

  it('refused by the user, tell the client access_denied, and nothing is granted', async () => {
    const browser = new PageBrowser(baseUrl);
    const own = await newOAuthClient(developer.client);
    const consent = await logInOnPage(browser, authorizePath(own), person);
    const back = await browser.submit(consent, { decision: 'deny' });
    expect(back.location?.searchParams.get('error')).toBe('access_denied');
    expect(await codesOf(own.client_id)).toBe(0);
  });

  it('show a wrong password as a page, count it, and leave no session', async () => {
    const browser = new PageBrowser(baseUrl);
    const victim = await newPerson();
    const page = await browser.open(authorizePath(client));
    for (let time = 0; time < 10; time++) {
      const wrong = await browser.submit(page, { email: victim.email, password: 'wrong wrong wrong' });
      expect(wrong.status).toBe(403);
      expect(wrong.text).toContain('role="alert"');
    }
    const locked = await browser.submit(page, { email: victim.email, password: victim.password });
    expect(locked.status).toBe(423);
    expect(locked.headers.getSetCookie().join()).not.toContain('kindly_session');
  });

  it('ask for a code after the password of a user who has a second factor; the step between admits to nothing', async () => {
    const careful = await newPerson();
    await awaitRoomInStep();
    const { secret } = await enrol(careful);
    const browser = new PageBrowser(baseUrl);
    const login = await browser.open(authorizePath(client, { prompt: 'consent' }));
    const asked = await browser.submit(login, { email: careful.email, password: careful.password });
    expect(asked.text).toContain('autocomplete="one-time-code"');
    expect(asked.headers.getSetCookie().join()).not.toContain('kindly_session');
    const { ticket = '' } = hiddenFields(asked);
    expect(ticket).not.toBe('');
    expect((await careful.client.with({ bearer: ticket }).get('/api/auth/whoami')).status).toBe(401);
    const wrong = await browser.submit(asked, { mfa_code: wrongCode(secret) });
    expect(wrong.status).toBe(403);
    // the ticket is of this browser alone
    const stranger = new PageBrowser(baseUrl);
    const theirs = await stranger.open(authorizePath(client, { prompt: 'consent' }));
    const stolen = await stranger.submit(theirs, { ticket, mfa_code: totp(secret) });
    expect(stolen.location).toBeNull();
    const entered = await browser.submit(asked, { mfa_code: totp(secret) });
    expect(entered.status).toBe(303);
    expect(entered.headers.getSetCookie().join()).toContain('kindly_session');
  });

  it('take no form from elsewhere: not without its token, of another browser, from a foreign origin, or for another request', async () => {
    const own = await newOAuthClient(developer.client);
    const browser = new PageBrowser(baseUrl);
    const consent = await logInOnPage(browser, authorizePath(own), person);
    const other = new PageBrowser(baseUrl);
    const theirs = await logInOnPage(other, authorizePath(own), await newPerson());
    const { csrf_token: foreign = '' } = hiddenFields(theirs);
    const wider = authorizePath(own, { state: 'other' }).split('?')[1] ?? '';
    for (const [typed, headers] of [
      [{ csrf_token: '' }, {}],
      [{ csrf_token: foreign }, {}],
      [{ request: wider }, {}],
      [{}, { origin: 'https://evil.example' }],
      [{}, { origin: 'null' }],
      [{}, { 'sec-fetch-site': 'cross-site' }],
    ] as const) {
      const refused = await browser.submit(consent, { decision: 'approve', ...typed }, headers);
      expect(refused).toMatchObject({ status: 403, location: null });
    }
    expect(await codesOf(own.client_id)).toBe(0);
    const login = await new PageBrowser(baseUrl).open(authorizePath(own));
    const planted = await new PageBrowser(baseUrl).submit(login, { email: person.email, password: person.password });
    expect(planted.status).toBe(403);
    expect(planted.headers.getSetCookie().join()).not.toContain('kindly_session');
  });
});

describe('consent', () => {
  it('is remembered for the same scopes and fewer, asked for more, and forgotten when it is revoked', async () => {
    const own = await newOAuthClient(developer.client);
    const user = await newPerson();
    const browser = new PageBrowser(baseUrl);
    const narrow = authorizePath(own, { scope: 'read:compression' });
    const wide = authorizePath(own, { scope: 'read:compression write:compression' });
    await allow(browser, narrow, user);
    expect((await browser.open(narrow)).location?.searchParams.has('code')).toBe(true);
    expect((await browser.open(`${narrow}&prompt=none`)).location?.searchParams.has('code')).toBe(true);
    expect((await browser.open(`${wide}&prompt=none`)).location?.searchParams.get('error')).toBe('consent_required');
    const again = await browser.open(`${narrow}&prompt=consent`);
    expect(again).toMatchObject({ status: 200, location: null });
    await browser.submit(await browser.open(wide), { decision: 'approve' });
    expect((await browser.open(narrow)).location?.searchParams.has('code')).toBe(true);
    const grants = await user.client.get<{ data: { id: string; scopes: string[]; client_name: string }[] }>(
      '/api/oauth/grants',
    );
    expect(grants.body.data).toMatchObject([
      { client_name: 'Example App', scopes: ['read:compression', 'write:compression'] },
    ]);
    const { id = '' } = grants.body.data[0] ?? {};
    for (let time = 0; time < 2; time++) {
      expect((await user.client.delete(`/api/oauth/grants/${id}`)).status).toBe(204);
    }
    expect((await user.client.get<{ data: unknown[] }>('/api/oauth/grants')).body.data).toEqual([]);
    expect((await browser.open(`${narrow}&prompt=none`)).location?.searchParams.get('error')).toBe('consent_required');
    const events = await database.query(
      "select 1 from outbox_events where type = 'oauth.grant.revoked' and owner_id = $1",
      [user.id],
    );
    expect(events).toHaveLength(1);
  });

  // anybody on the device may listen on a loopback port (RFC 8252 §8.6)
  it('is asked for each time by a public client on loopback, whose port may vary', async () => {
    const own = await newPublicClient(developer.client, { redirect_uris: ['http://127.0.0.1/cb'] });
    const { challenge } = pkcePair();
    const path = (port: number) =>
      authorizePath(own, {
        redirect_uri: `http://127.0.0.1:${port}/cb`,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      });
    const browser = new PageBrowser(baseUrl);
    const back = await allow(browser, path(51_004), person);
    expect(back.port).toBe('51004');
    expect((await browser.open(path(51_005))).location).toBeNull();
    expect((await browser.open(`${path(51_005)}&prompt=none`)).location?.searchParams.get('error')).toBe(
      'consent_required',
    );
  });

  it('of a user who may not administer gives no administrator’s scope', async () => {
    const own = await newOAuthClient(developer.client);
    await database.query("update oauth_clients set scopes = '{admin:users,read:compression}' where id = $1", [own.id]);
    await database.query("select pg_notify('kindly_invalidation', $1)", [`client:${own.id}`]);
    const { redemption } = await newCode(baseUrl, own, person, { scope: 'admin:users read:compression' });
    expect((await redeem(baseUrl, redemption)).body.scope).toBe('read:compression');
  });
});

describe('a login that is asked for', () => {
  it('prompt=login and max_age ask again in a live session, and once', async () => {
    const own = await newOAuthClient(developer.client);
    const browser = new PageBrowser(baseUrl);
    await allow(browser, authorizePath(own), person);
    for (const more of [{ prompt: 'login' }, { max_age: '0' }]) {
      const path = authorizePath(own, more);
      expect((await browser.open(path)).text).toContain('autocomplete="current-password"');
      expect((await logInOnPage(browser, path, person)).location?.searchParams.has('code')).toBe(true);
    }
    expect((await browser.open(authorizePath(own, { max_age: '3600' }))).location?.searchParams.has('code')).toBe(true);
  });
});
