import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { newPerson, type Person } from '../../support/people.ts';
import {
  assertionOf,
  JWT_BEARER,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
  type TokenBody,
} from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const anonymous = new Client(baseUrl);
let person: Person;
let account: ServiceAccountBody;
beforeAll(async () => {
  person = await newPerson();
  account = await newServiceAccount(person.client);
});

const good = (): Record<string, string> => ({ grant_type: JWT_BEARER, assertion: assertionOf(account) });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('POST /oauth/token', () => {
  it.each(['form', 'flat JSON'])(
    '200 for a %s: a bearer token for an hour, with the scope, not to be stored',
    async (form) => {
      const answer =
        form === 'form' ? await requestToken(baseUrl, good()) : await anonymous.post<TokenBody>('/oauth/token', good());
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'read:compression write:compression',
      });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('pragma')).toBe('no-cache');
      const client = anonymous.with({ bearer: answer.body.access_token });
      expect((await client.get('/api/compression/stats')).status).toBe(200);
      expect((await client.get('/api/keys')).body.code).toBe('AUTH_009');
    },
  );

  it('ignores parameters that it does not know, and those without a value', async () => {
    expect((await requestToken(baseUrl, { ...good(), resource: 'x', client_id: 'y', scope: '' })).status).toBe(200);
    const answer = await anonymous.post('/oauth/token?grant_type=password', { ...good(), audience: 'x' });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['the grant twice', (a: string) => `grant_type=${JWT_BEARER}&grant_type=${JWT_BEARER}&assertion=${a}`, 'repeated'],
    ['the assertion twice', (a: string) => `grant_type=${JWT_BEARER}&assertion=${a}&assertion=${a}`, 'repeated'],
    ['an unknown parameter twice', (a: string) => `grant_type=${JWT_BEARER}&assertion=${a}&x=1&x=1`, 'repeated'],
    ['no grant', (a: string) => `assertion=${a}`, 'grant_type is missing'],
    ['an empty grant', (a: string) => `grant_type=&assertion=${a}`, 'grant_type is missing'],
    ['no assertion', () => `grant_type=${JWT_BEARER}`, 'assertion is missing'],
    ['an empty body', () => '', 'grant_type is missing'],
  ])('400 invalid_request for %s', async (_name, form, description) => {
    const answer = await anonymous.request<TokenBody>('POST', '/oauth/token', {
      raw: form(assertionOf(account)),
      headers: FORM,
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: 'invalid_request', error_description: expect.stringContaining(description) });
  });

  it.each(['authorization_cod', 'password', 'implicit', JWT_BEARER.toUpperCase()])(
    '400 unsupported_grant_type for %s',
    async (grant_type) => {
      const answer = await requestToken(baseUrl, { ...good(), grant_type });
      expect(answer.status).toBe(400);
      expect(answer.body.error).toBe('unsupported_grant_type');
    },
  );

  it.each([
    ['text/plain', 'x'],
    ['multipart/form-data', 'x'],
    ['application/json', '['],
    ['application/json', '[]'],
    ['application/json', '"x"'],
    ['application/json', '{"grant_type": 1}'],
    ['application/json', '{"grant_type": ["x"]}'],
    ['application/json', '{"grant_type": "x", "grant_type": "x"}'],
  ])('400 invalid_request for a body of %s: %s', async (type, raw) => {
    const answer = await anonymous.request<TokenBody>('POST', '/oauth/token', {
      raw,
      headers: { 'content-type': type },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBe('invalid_request');
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it('413 for a body larger than any request is', async () => {
    const answer = await requestToken(baseUrl, { ...good(), x: 'x'.repeat(70_000) });
    expect(answer.status).toBe(413);
    expect(answer.body.error).toBe('invalid_request');
  });

  it('never answers a problem: not for another method, another path or a credential that is not one', async () => {
    for (const [method, path, headers, status] of [
      ['GET', '/oauth/token', {}, 405],
      ['POST', '/oauth/nothing', {}, 404],
      ['POST', '/oauth/userinfo', { authorization: 'Bearer nonsense' }, 401],
      // nobody needs a token to get one: it counts as none, and the grant is missing
      ['POST', '/oauth/token', { authorization: 'Bearer nonsense' }, 400],
      ['POST', '/oauth/token', { authorization: 'Bearer x', 'x-api-key': 'y' }, 400],
    ] as const) {
      const answer = await anonymous.request<TokenBody>(method, path, {
        headers: { ...headers },
        ...(method === 'POST' && { raw: '{}' }),
        isDocumented: false,
      });
      expect({ path, status: answer.status }).toEqual({ path, status });
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(Object.keys(answer.body)).toEqual(['error', 'error_description']);
      expect(answer.body.error_description).toMatch(/^[ !#-[\]-~]+$/);
    }
  });

  it.each([
    ['read:compression', 'read:compression'],
    ['write:compression  read:compression', 'read:compression write:compression'],
  ])('narrows the token to the scope asked for: %s', async (scope, granted) => {
    const answer = await requestToken(baseUrl, { ...good(), scope });
    expect(answer.body.scope).toBe(granted);
    const client = anonymous.with({ bearer: answer.body.access_token });
    const status = granted.includes('write') ? 200 : 403;
    expect((await client.post('/api/compression/compress', { data: 1 })).status).toBe(status);
  });

  it('narrows it to the scope that the assertion asks for, too', async () => {
    const assertion = assertionOf(account, { claims: { scope: 'read:compression' } });
    expect((await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion })).body.scope).toBe('read:compression');
  });

  it.each(['read:keys', 'read:compression read:keys', 'everything', '*', 'admin:users'])(
    '400 invalid_scope for %s',
    async (scope) => {
      const answer = await requestToken(baseUrl, { ...good(), scope });
      expect({ status: answer.status, error: answer.body.error }).toEqual({ status: 400, error: 'invalid_scope' });
    },
  );
});

describe('the token of a service account', () => {
  async function token(parameters: Record<string, string> = {}): Promise<string> {
    return (await requestToken(baseUrl, { ...good(), ...parameters })).body.access_token;
  }
  const refusal = async (bearer: string): Promise<string> =>
    (await anonymous.with({ bearer }).get('/api/compression/stats')).body.code;

  it('is of a kind of its own: claims of a session do not pass with its header, nor its claims with that of a session', async () => {
    const [header, claims, signature] = (await token()).split('.');
    const [sessionHeader, sessionClaims, sessionSignature] = person.session.access_token.split('.');
    for (const mixed of [
      [sessionHeader, claims, signature],
      [header, sessionClaims, sessionSignature],
      [header, sessionClaims, signature],
      [sessionHeader, sessionClaims, signature],
      [header, claims, sessionSignature],
    ]) {
      expect(await refusal(mixed.join('.'))).toBe('AUTH_003');
    }
  });

  it('does not open what is for login sessions or needs a right that must be named', async () => {
    const all = await newServiceAccount(person.client, { permissions: ['*'] });
    const { body } = await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion: assertionOf(all) });
    const client = anonymous.with({ bearer: body.access_token });
    expect((await client.get('/api/keys')).status).toBe(200);
    expect((await client.post('/api/keys', { name: 'x' })).body.code).toBe('AUTH_009');
    expect((await client.post('/api/service-accounts', { name: 'x', permissions: ['*'] })).body.code).toBe('AUTH_009');
  });

  it('is refused with one bit changed, without a signature, and as an assertion', async () => {
    const bearer = await token();
    expect(await refusal(bearer.replace(/[^.]+$/, ''))).toBe('AUTH_003');
    expect(await refusal(`${bearer.slice(0, -2)}${bearer.endsWith('AA') ? 'BB' : 'AA'}`)).toBe('AUTH_003');
    const answer = await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion: bearer });
    expect(answer.body.error).toBe('invalid_grant');
  });

  it('may not sign requests: signature headers beside it are refused', async () => {
    const client = anonymous.with({ bearer: await token() });
    const answer = await client.get('/api/compression/stats', { headers: { 'X-Signature': 'x' } });
    expect(answer.body.code).toBe('AUTH_011');
  });
});
