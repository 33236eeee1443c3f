import { createHmac, hkdfSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client, type ProblemBody } from '../support/client.ts';
import { newCode, newTokens, refresh as refreshOAuth } from '../support/authorize.ts';
import { loginWithCookie } from '../support/cookies.ts';
import { newOAuthClient } from '../support/oauth.ts';
import { newKey, newPerson, type Person } from '../support/people.ts';
import { TEST_SECRETS } from '../support/server.ts';
import { world } from '../support/world.ts';

// A token is good at one door only, and nobody but us can make one. The tests know the secret of the test servers, so
// that they can forge everything but what the server must insist on.

const ISSUER = 'http://localhost:3000';
const HEADER = '{"alg":"HS256","typ":"JWT"}';

type Claims = Record<string, unknown>;

function base64url(text: string | Buffer): string {
  return Buffer.from(text).toString('base64url');
}

/** The key of a kind of token: HKDF-SHA256 of the JWT secret. */
function keyOf(kind: string, secret: string = TEST_SECRETS.JWT_SECRETS): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `kindly/v1/jwt/${kind}`, 32));
}

function sign(key: Buffer | string, claims: Claims, header = HEADER, hash = 'sha256'): string {
  const signed = `${base64url(header)}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

let person: Person;
let access: Claims;
let refresh: Claims;

const oauthClient = () => newOAuthClient(person.client, { scopes: ['read:compression', 'openid'] });
const oauthTokens = async () => newTokens(client.baseUrl, await oauthClient(), person);

/** Each kind of token; a new kind is a new line. */
const TOKENS: Record<string, () => string | Promise<string>> = {
  access: () => person.session.access_token,
  refresh: () => person.session.refresh_token,
  'api key': async () => (await newKey(person.client)).key,
  cookie: async () => (await loginWithCookie(person, client.baseUrl)).cookie.value,
  'OAuth access token': async () => (await oauthTokens()).access_token,
  'OAuth refresh token': async () => (await oauthTokens()).refresh_token,
  'ID token': async () => (await oauthTokens()).id_token,
  'OAuth code': async () => (await newCode(client.baseUrl, await oauthClient(), person)).code,
  'client secret': async () => (await oauthClient()).client_secret,
  'CSRF token': async () => (await loginWithCookie(person, client.baseUrl)).csrfToken,
};

/** Each door: the kind that it is for, and how it is knocked at. */
const DOORS: Record<
  string,
  { kind: string; readonly knock: (client: Client, token: string) => Promise<Answer<ProblemBody>> }
> = {
  bearer: { kind: 'access', knock: (client, token) => client.with({ bearer: token }).get('/api/auth/whoami') },
  refresh: {
    kind: 'refresh',
    knock: (client, token) => client.post('/api/auth/refresh', { refresh_token: token }),
  },
  'session cookie': {
    kind: 'cookie',
    knock: (client, token) => client.get('/api/auth/whoami', { headers: { cookie: `kindly_session=${token}` } }),
  },
  'X-API-Key': { kind: 'api key', knock: (client, token) => client.with({ apiKey: token }).get('/api/auth/whoami') },
};

const client = new Client(world().servers[0]);

beforeAll(async () => {
  person = await newPerson();
  access = claimsOf(person.session.access_token);
  refresh = claimsOf(person.session.refresh_token);
});

describe('every kind of token at every door', () => {
  const pairs = Object.keys(TOKENS).flatMap((kind) => Object.keys(DOORS).map((door) => [kind, door] as const));

  it.each(pairs)('%s at %s', async (kind, door) => {
    const { kind: expected, knock } = DOORS[door] ?? { kind: '', knock: () => Promise.reject(new Error(door)) };
    const { status, body } = await knock(client, (await TOKENS[kind]?.()) ?? '');
    if (kind === expected || (kind === 'OAuth access token' && door === 'bearer')) expect(status).toBe(200);
    else
      expect({ status, code: body.code }).toEqual({
        status: 401,
        code: door === 'X-API-Key' ? 'AUTH_004' : 'AUTH_003',
      });
  });
});

describe('every kind of token as an OAuth refresh token', () => {
  it.each(Object.keys(TOKENS).filter((kind) => kind !== 'OAuth refresh token'))('%s is none', async (kind) => {
    const answer = await refreshOAuth(client.baseUrl, await oauthClient(), (await TOKENS[kind]?.()) ?? '');
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

function bearer(token: string): Promise<Answer<ProblemBody>> {
  return client.with({ bearer: token }).get('/api/auth/whoami');
}

describe('a token made with the right key', () => {
  it('is accepted, so that the refusals below are refusals of what they name', async () => {
    expect((await bearer(sign(keyOf('access'), access))).status).toBe(200);
  });

  const swaps: [string, () => string][] = [
    ['token_use of another kind', () => sign(keyOf('access'), { ...access, token_use: 'refresh' })],
    ['no token_use', () => sign(keyOf('access'), { ...access, token_use: undefined })],
    ['audience of another kind', () => sign(keyOf('access'), { ...access, aud: 'kindly:refresh' })],
    ['no audience', () => sign(keyOf('access'), { ...access, aud: undefined })],
    ['another issuer', () => sign(keyOf('access'), { ...access, iss: 'https://evil.example' })],
    ['no issuer', () => sign(keyOf('access'), { ...access, iss: undefined })],
    ['the claims of a refresh token', () => sign(keyOf('access'), refresh)],
    ['the key of another kind', () => sign(keyOf('refresh'), access)],
    ['the secret itself as its key', () => sign(TEST_SECRETS.JWT_SECRETS, access)],
    ['the key of another secret', () => sign(keyOf('access', 'x'.repeat(40)), access)],
    ['an empty key', () => sign('', access)],
    ['HS512', () => sign(keyOf('access'), access, '{"alg":"HS512","typ":"JWT"}', 'sha512')],
    ['HS256 named in lower case', () => sign(keyOf('access'), access, '{"alg":"hs256","typ":"JWT"}')],
    ['its header in another order', () => sign(keyOf('access'), access, '{"typ":"JWT","alg":"HS256"}')],
    ['a kid that is a path', () => sign('', access, '{"alg":"HS256","typ":"JWT","kid":"../../../dev/null"}')],
    ['a kid that is SQL', () => sign(keyOf('access'), access, `{"alg":"HS256","typ":"JWT","kid":"' OR 1=1 --"}`)],
    ['a jwk of its own', () => sign('own', access, '{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"b3du"}}')],
    ['a jku', () => sign(keyOf('access'), access, '{"alg":"HS256","typ":"JWT","jku":"http://127.0.0.1:9/"}')],
    ['crit b64', () => sign(keyOf('access'), access, '{"alg":"HS256","typ":"JWT","crit":["b64"],"b64":false}')],
    ['an unknown crit', () => sign(keyOf('access'), access, '{"alg":"HS256","typ":"JWT","crit":["x"],"x":1}')],
  ];
  it.each(swaps)('is refused with %s', async (_name, token) => {
    expect(await bearer(token())).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
  });

  it.each(['none', 'None', 'NONE', 'nOnE'])('is refused without a signature, alg %s', async (alg) => {
    const unsigned = `${base64url(`{"alg":"${alg}","typ":"JWT"}`)}.${base64url(JSON.stringify(access))}`;
    for (const token of [`${unsigned}.`, unsigned, `${unsigned}.${base64url('x')}`]) {
      expect(await bearer(token)).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
    }
  });
});

describe('a token that was tampered with', () => {
  it('is refused: other claims, other signature, parts missing, added or rearranged', async () => {
    const [head, body, mac] = person.session.access_token.split('.') as [string, string, string];
    const admin = base64url(JSON.stringify({ ...access, sub: '018cf2b8-3c00-7000-8000-000000000000' }));
    for (const token of [
      `${head}.${admin}.${mac}`,
      `${head}.${body}.${mac.slice(0, -1)}`,
      `${head}.${body}.${mac}A`,
      `${head}.${body}.${mac.toUpperCase()}`,
      `${head}.${body}.${mac}=`,
      `${head}.${body}`,
      `${head}.${body}.${mac}.${mac}`,
      `${head}..${mac}`,
      `.${body}.${mac}`,
      `${head}.${body}.`,
      `${head}.${mac}.${body}`,
    ]) {
      expect(await bearer(token)).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
    }
    expect((await bearer(person.session.access_token)).status).toBe(200);
  });

  it('is refused in the JSON form of a JWS, flattened and general', async () => {
    const [head, body, mac] = person.session.access_token.split('.');
    const flattened = { protected: head, payload: body, signature: mac };
    const general = { payload: body, signatures: [{ protected: head, signature: mac }] };
    for (const form of [flattened, general]) {
      const token = JSON.stringify(form);
      expect(await bearer(token)).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
      expect(await client.post('/api/auth/refresh', { refresh_token: token })).toMatchObject({
        status: 401,
        body: { code: 'AUTH_003' },
      });
    }
  });

  it('is refused as a refresh token with every swap that a bearer is refused for', async () => {
    for (const token of [
      sign(keyOf('refresh'), { ...refresh, token_use: 'access' }),
      sign(keyOf('refresh'), { ...refresh, aud: 'kindly:access' }),
      sign(keyOf('refresh'), { ...refresh, iss: `${ISSUER}/` }),
      sign(keyOf('access'), refresh),
      sign(keyOf('refresh'), refresh, '{"alg":"HS256","typ":"JWT","kid":"1"}'),
      `${base64url('{"alg":"none","typ":"JWT"}')}.${base64url(JSON.stringify(refresh))}.`,
    ]) {
      const answer = await client.post('/api/auth/refresh', { refresh_token: token });
      expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
    }
  });

  it("is refused with another user's session, whoever signed it", async () => {
    const neighbour = await newPerson();
    const token = sign(keyOf('access'), { ...access, sid: claimsOf(neighbour.session.access_token).sid });
    expect(await bearer(token)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    const stolen = sign(keyOf('refresh'), { ...refresh, sub: neighbour.id });
    const answer = await client.post('/api/auth/refresh', { refresh_token: stolen });
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    expect((await neighbour.client.get('/api/auth/me')).status).toBe(200);
  });

  it('is refused when it has expired, by the clock of the server', async () => {
    const past = Math.floor(Date.now() / 1000) - 1;
    const expired = sign(keyOf('access'), { ...access, exp: past });
    expect(await bearer(expired)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
  });
});
