import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import {
  basicOf,
  clientCredentialsToken,
  newOAuthClient,
  newPublicClient,
  type OAuthClientBody,
  requestClientToken,
} from '../../support/oauth.ts';
import { clientEvents } from '../../support/audit.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { requestToken } from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
const anonymous = new Client(baseUrl);
const GRANT = { grant_type: 'client_credentials' };
let person: Person;
let client: OAuthClientBody;
beforeAll(async () => {
  person = await newPerson();
  client = await newOAuthClient(person.client);
});

describe('client_credentials', () => {
  it('200: an opaque token for an hour with the scopes of the client, and no refresh token', async () => {
    const answer = await requestClientToken(baseUrl, client, GRANT);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^koat_[0-9A-Za-z]{32}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read:compression write:compression',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('authenticates by Basic as well as in the body, form or JSON, and not in two ways at once', async () => {
    expect((await requestToken(baseUrl, GRANT, basicOf(client))).status).toBe(200);
    const json = await anonymous.post('/oauth/token', {
      ...GRANT,
      client_id: client.client_id,
      client_secret: client.client_secret,
    });
    expect(json.status).toBe(200);
    const twice = await requestToken(baseUrl, { ...GRANT, client_secret: client.client_secret }, basicOf(client));
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const named = await requestToken(baseUrl, { ...GRANT, client_id: client.client_id }, basicOf(client));
    expect(named.status).toBe(200);
    const other = await newOAuthClient(person.client);
    const misnamed = await requestToken(baseUrl, { ...GRANT, client_id: other.client_id }, basicOf(client));
    expect(misnamed).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it.each([
    ['a wrong secret', () => basicOf({ ...client, client_secret: `${client.client_secret.slice(0, -1)}_` })],
    ['no secret', () => basicOf({ ...client, client_secret: '' })],
    ['an unknown client', () => basicOf({ ...client, client_id: crypto.randomUUID() })],
    ['a client id that is none', () => basicOf({ ...client, client_id: "' or 1=1 --" })],
    ['Basic that is no base64', () => ({ authorization: 'Basic %%%' })],
    ['Basic without anything', () => ({ authorization: 'Basic' })],
    ['a bad escape', () => ({ authorization: `Basic ${Buffer.from('%zz:x').toString('base64')}` })],
  ])('401 invalid_client with a challenge for %s', async (_name, headers) => {
    const answer = await requestToken(baseUrl, GRANT, headers());
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(answer.text).not.toContain('kocs_');
  });

  it('puts a wrong secret and a refused grant on record for the owner, without the secret', async () => {
    const own = await newOAuthClient(person.client);
    await requestClientToken(baseUrl, { ...own, client_secret: 'guess' }, GRANT);
    await requestClientToken(baseUrl, own, { ...GRANT, scope: 'read:keys' });
    const rows = await clientEvents(person.client, own.client_id, ['oauth.client.refused', 'oauth.token.refused']);
    expect(JSON.stringify(rows)).not.toContain('guess');
  });

  it('Basic is left to the token endpoint alone: elsewhere it is not a credential, and beside a key it is one too many', async () => {
    const elsewhere = await anonymous.get('/api/auth/whoami', { headers: basicOf(client) });
    expect(elsewhere.body.code).toBe('AUTH_003');
    const two = await requestToken(baseUrl, GRANT, { ...basicOf(client), 'x-api-key': 'kapi_prod_x' });
    expect(two).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('400 unauthorized_client for a client that is not registered for it, and for a public one', async () => {
    const codeOnly = await newOAuthClient(person.client, { grant_types: ['authorization_code'] });
    const open = await newPublicClient(person.client);
    for (const each of [codeOnly, open]) {
      const answer = await requestClientToken(baseUrl, each, GRANT);
      expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    }
  });

  it.each([
    ['a permission that it does not have', 'read:keys'],
    ['one of each', 'read:compression read:keys'],
    ['a wildcard', '*'],
    ['an identity scope', 'openid'],
  ])('400 invalid_scope for %s', async (_name, scope) => {
    expect((await requestClientToken(baseUrl, client, { ...GRANT, scope })).body.error).toBe('invalid_scope');
  });
});

describe('the token of a client', () => {
  it('acts for the owner within its scope, shows itself as oauth, and opens nothing that is for sessions', async () => {
    const bearer = await clientCredentialsToken(baseUrl, client, 'read:compression');
    const caller = new Client(otherUrl).with({ bearer });
    const answer = await caller.get('/api/compression/stats', { headers: { 'x-debug-auth': 'true' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-auth-method')).toBe('oauth');
    expect(answer.headers.get('x-auth-user-id')).toBe(person.id);
    expect(answer.headers.get('x-auth-key-id')).toBeNull();
    expect((await caller.get<{ permissions: string[] }>('/api/auth/whoami')).body).toMatchObject({
      method: 'oauth',
      subject: person.id,
      permissions: ['read:compression'],
    });
    expect((await caller.post('/api/compression/compress', { data: 1 })).body.code).toBe('AUTH_009');
    expect((await caller.get('/api/auth/me')).body.code).toBe('AUTH_009');
  });

  it('is taken whatever the case of Bearer, and refused with one character changed', async () => {
    const bearer = await clientCredentialsToken(baseUrl, client);
    const headers = { authorization: `bearer  ${bearer}` };
    expect((await anonymous.get('/api/auth/whoami', { headers })).status).toBe(200);
    const forged = `${bearer.slice(0, -1)}${bearer.endsWith('0') ? '1' : '0'}`;
    expect((await anonymous.with({ bearer: forged }).get('/api/auth/whoami')).body.code).toBe('AUTH_003');
    expect((await anonymous.with({ apiKey: bearer }).get('/api/auth/whoami')).body.code).toBe('AUTH_004');
  });

  it('a JWT for a client that asks for it works alike, and not with a changed signature', async () => {
    const own = await newOAuthClient(person.client, { access_token_format: 'jwt' });
    const bearer = await clientCredentialsToken(baseUrl, own);
    const [header = '', claims = '', signature = ''] = bearer.split('.');
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(decode(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(decode(claims)).toMatchObject({
      iss: 'http://localhost:3000',
      aud: 'http://localhost:3000',
      sub: own.client_id,
      client_id: own.client_id,
      scope: 'read:compression write:compression',
      jti: expect.any(String),
    });
    for (const url of [baseUrl, otherUrl]) {
      const at = new Client(url);
      expect((await at.with({ bearer }).get('/api/auth/whoami')).body).toMatchObject({ method: 'oauth' });
      const zeros = `${header}.${claims}.${'A'.repeat(86)}`;
      const unsigned = `${header}.${claims}.`;
      const widened = `${header}.${Buffer.from(JSON.stringify({ scope: '*' })).toString('base64url')}.${signature}`;
      for (const forged of [zeros, unsigned, widened]) {
        expect((await at.with({ bearer: forged }).get('/api/auth/whoami')).body.code).toBe('AUTH_003');
      }
    }
  });
});
