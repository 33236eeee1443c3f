import { beforeAll, describe, expect, it } from '@jest/globals';
import { allow, newCode, newTokens, PageBrowser, redeem, refresh, worthOf } from '../../support/authorize.ts';
import { Client } from '../../support/client.ts';
import { newOAuthClient, newPublicClient, type OAuthClientBody, pkcePair, REDIRECT_URI } from '../../support/oauth.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
let developer: Person;
let person: Person;
let client: OAuthClientBody;
let open: OAuthClientBody;
beforeAll(async () => {
  [developer, person] = await Promise.all([newPerson(), newPerson()]);
  client = await newOAuthClient(developer.client);
  open = await newPublicClient(developer.client);
});

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe("the guide's flow", () => {
  it('works as printed: the URL without PKCE, and the code exchanged as JSON', async () => {
    const STATE = 'xyz';
    // with its line ends and unescaped spaces: a browser drops the ones and escapes the others
    const authUrl = `${baseUrl}/oauth/authorize?
client_id=${client.client_id}&
redirect_uri=${REDIRECT_URI}&
response_type=code&
scope=read:compression write:compression&
state=${STATE}`;
    const back = await allow(new PageBrowser(baseUrl), authUrl, person);
    expect(back.origin + back.pathname).toBe(REDIRECT_URI);
    expect(back.searchParams.get('state')).toBe(STATE);
    expect(back.searchParams.get('iss')).toBe('http://localhost:3000');
    const authorizationCode = back.searchParams.get('code');
    const tokenResponse = await fetch(`${baseUrl}/oauth/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'authorization_code',
        code: authorizationCode,
        client_id: client.client_id,
        client_secret: client.client_secret,
        redirect_uri: REDIRECT_URI,
      }),
    });
    expect(tokenResponse.status).toBe(200);
    const { access_token: bearer, scope } = (await tokenResponse.json()) as Record<string, string>;
    expect(scope).toBe('read:compression write:compression');
    const caller = new Client(otherUrl).with({ bearer: bearer ?? '' });
    expect((await caller.get('/api/auth/whoami')).body).toMatchObject({ method: 'oauth', subject: person.id });
    expect((await caller.post('/api/compression/compress', { data: 1 })).status).toBe(200);
  });
});

describe('the code', () => {
  it('200 for a public client with PKCE: access and refresh token, not to be stored', async () => {
    const { redemption } = await newCode(baseUrl, open, person);
    const answer = await redeem(baseUrl, redemption);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^koat_/),
      refresh_token: expect.stringMatching(/^kort_/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read:compression write:compression',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('brings no refresh token for a client that is not registered for it', async () => {
    const own = await newOAuthClient(developer.client, { grant_types: ['authorization_code'] });
    expect(await newTokens(baseUrl, own, person)).not.toHaveProperty('refresh_token');
  });

  it.each([
    ['a wrong verifier', { code_verifier: pkcePair().verifier }],
    ['a verifier that is too short', { code_verifier: 'a'.repeat(42) }],
    ['a verifier that is too long', { code_verifier: 'a'.repeat(129) }],
    ['a verifier of other characters', { code_verifier: `${'a'.repeat(43)}=` }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect URI', { redirect_uri: 'https://app.example.com/other' }],
    ['the redirect URI with a slash', { redirect_uri: `${REDIRECT_URI}/` }],
    ['another code', { code: 'koac_00000000000000000000000000000000' }],
  ])('400 invalid_grant for %s, and the code stays good for its client', async (_name, change) => {
    const { redemption } = await newCode(baseUrl, open, person);
    const answer = await redeem(baseUrl, { ...redemption, ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await redeem(baseUrl, redemption)).status).toBe(200);
  });

  it('400 for a verifier where no challenge was sent: somebody may have taken it out', async () => {
    const { redemption } = await newCode(baseUrl, client, person, {
      code_challenge: undefined,
      code_challenge_method: undefined,
    });
    expect((await redeem(baseUrl, redemption)).body.error).toBe('invalid_grant');
    const { code_verifier: _verifier, ...rest } = redemption;
    expect((await redeem(baseUrl, rest)).status).toBe(200);
  });

  it("400 for another client's code; it stays good for its own", async () => {
    const { redemption } = await newCode(baseUrl, client, person);
    const stranger = await newOAuthClient((await newPerson()).client);
    const { client_id, client_secret } = stranger;
    const stolen = await redeem(baseUrl, { ...redemption, client_id, client_secret });
    expect(stolen.body.error).toBe('invalid_grant');
    const unauthenticated = await redeem(baseUrl, { ...redemption, client_secret: 'guess' });
    expect(unauthenticated.status).toBe(401);
    expect((await redeem(baseUrl, redemption)).status).toBe(200);
  });

  it('presented again ends the tokens that it was redeemed for, on every process, and other authorizations live on', async () => {
    const other = await newTokens(baseUrl, client, person);
    const { redemption } = await newCode(baseUrl, client, person, { prompt: 'consent' });
    const { body } = await redeem(baseUrl, redemption);
    for (const url of [baseUrl, otherUrl]) expect(await worthOf(url, body.access_token)).toBe(200);
    const again = await redeem(otherUrl, redemption);
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    for (const url of [baseUrl, otherUrl]) {
      expect(await worthOf(url, body.access_token)).toBe('AUTH_002');
      expect(await worthOf(url, other.access_token)).toBe(200);
    }
    const refreshed = await redeem(baseUrl, {
      ...redemption,
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token,
    });
    expect(refreshed.body.error).toBe('invalid_grant');
  });

  // documented: a code that is redeemed more than once is worth nothing
  it('redeemed ten times at once on two processes leaves no token alive', async () => {
    const { redemption } = await newCode(baseUrl, client, person, { prompt: 'consent' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => redeem(index % 2 ? baseUrl : otherUrl, redemption)),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const url of [baseUrl, otherUrl]) {
      expect(await worthOf(url, won[0]?.body.access_token ?? '')).toBe('AUTH_002');
    }
  });
});

describe('the token of a user', () => {
  it('opens what its scope says, and no account route', async () => {
    const { access_token: bearer } = await newTokens(baseUrl, client, person, { scope: 'read:compression' });
    const caller = new Client(baseUrl).with({ bearer });
    expect((await caller.get('/api/compression/stats')).status).toBe(200);
    expect((await caller.post('/api/compression/compress', { data: 1 })).body.code).toBe('AUTH_009');
    for (const path of ['/api/auth/me', '/api/auth/sessions', '/api/oauth/grants']) {
      expect((await caller.get(path)).body.code).toBe('AUTH_009');
    }
  });
});

describe('OpenID Connect', () => {
  it('brings an ID token about the login, and userinfo within the scopes', async () => {
    const own = await newOAuthClient(developer.client, { scopes: ['read:compression', 'openid', 'profile', 'email'] });
    const tokens = await newTokens(baseUrl, own, person, { scope: 'openid email', nonce: 'n-0S6' });
    const claims = claimsOf(tokens.id_token);
    const now = Math.floor(Date.now() / 1000);
    expect(claims).toEqual({
      iss: 'http://localhost:3000',
      sub: person.id,
      aud: own.client_id,
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: expect.any(Number),
      at_hash: expect.stringMatching(/^[\w-]{22}$/),
      nonce: 'n-0S6',
    });
    expect(Math.abs(Number(claims.auth_time) - now)).toBeLessThan(60);
    const caller = new Client(baseUrl).with({ bearer: tokens.access_token });
    expect((await caller.get('/oauth/userinfo')).body).toEqual({
      sub: person.id,
      email: person.email,
      email_verified: false,
    });
    expect((await caller.post('/oauth/userinfo')).status).toBe(200);
    const refreshed = await refresh(baseUrl, own, tokens.refresh_token);
    const { nonce: _nonce, ...later } = claimsOf(refreshed.body.id_token);
    expect(_nonce).toBeUndefined();
    expect(later).toMatchObject({ sub: person.id, aud: own.client_id, auth_time: claims.auth_time });
    // an ID token is for the client, and opens nothing here
    expect(await worthOf(baseUrl, tokens.id_token)).toBe('AUTH_003');
  });

  it('403 for a token without openid, 401 with a bearer challenge for none', async () => {
    const { access_token: bearer } = await newTokens(baseUrl, client, person);
    const poor = await new Client(baseUrl).with({ bearer }).get<{ error: string }>('/oauth/userinfo');
    expect(poor).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    const none = await new Client(baseUrl).get<{ error: string }>('/oauth/userinfo');
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
  });
});
