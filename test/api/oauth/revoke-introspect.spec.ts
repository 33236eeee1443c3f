import { beforeAll, describe, expect, it } from '@jest/globals';
import { newTokens, refresh, worthOf } from '../../support/authorize.ts';
import { type Answer, Client } from '../../support/client.ts';
import {
  basicOf,
  clientCredentialsToken,
  credentialsOf,
  newOAuthClient,
  newPublicClient,
  type OAuthClientBody,
} from '../../support/oauth.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
let developer: Person;
let person: Person;
let client: OAuthClientBody;
let stranger: OAuthClientBody;
beforeAll(async () => {
  [developer, person] = await Promise.all([newPerson(), newPerson()]);
  client = await newOAuthClient(developer.client);
  stranger = await newOAuthClient(person.client);
});

interface Told {
  readonly active: boolean;
  readonly error?: string;
}

function send(path: string, parameters: Record<string, string>, headers: Record<string, string> = {}, url = baseUrl) {
  const raw = new URLSearchParams(parameters).toString();
  return new Client(url).request<Told>('POST', path, {
    raw,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

const revoke = (token: string, by = client) => send('/oauth/revoke', { token, ...credentialsOf(by) });
const introspect = (token: string, by = client, url = baseUrl): Promise<Answer<Told>> =>
  send('/oauth/introspect', { token }, basicOf(by), url);

describe('POST /oauth/revoke', () => {
  it('200: an access token is dead at once on every process, alone', async () => {
    const tokens = await newTokens(baseUrl, client, person);
    for (const url of [baseUrl, otherUrl]) expect(await worthOf(url, tokens.access_token)).toBe(200);
    expect((await revoke(tokens.access_token)).status).toBe(200);
    for (const url of [baseUrl, otherUrl]) expect(await worthOf(url, tokens.access_token)).toBe('AUTH_002');
    expect((await refresh(baseUrl, client, tokens.refresh_token)).status).toBe(200);
  });

  it('200: a refresh token takes all of its authorization with it, and the consent stays', async () => {
    const tokens = await newTokens(baseUrl, client, person);
    const other = await newTokens(baseUrl, client, person);
    expect((await revoke(tokens.refresh_token)).status).toBe(200);
    expect(await worthOf(otherUrl, tokens.access_token)).toBe('AUTH_002');
    expect((await refresh(baseUrl, client, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect(await worthOf(otherUrl, other.access_token)).toBe(200);
    const grants = await person.client.get<{ data: unknown[] }>('/api/oauth/grants');
    expect(grants.body.data.length).toBeGreaterThan(0);
  });

  it("200 for what is unknown, and for another client's token, which lives on", async () => {
    const tokens = await newTokens(baseUrl, client, person);
    expect((await revoke('nonsense')).status).toBe(200);
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect((await revoke(token, stranger)).status).toBe(200);
    }
    expect(await worthOf(otherUrl, tokens.access_token)).toBe(200);
    expect((await refresh(baseUrl, client, tokens.refresh_token)).status).toBe(200);
  });

  it('401 for a client that does not prove who it is, 400 without a token; nothing is revoked', async () => {
    const { access_token: token } = await newTokens(baseUrl, client, person);
    expect((await revoke(token, { ...client, client_secret: 'guess' })).status).toBe(401);
    expect((await revoke('')).status).toBe(400);
    expect(await worthOf(baseUrl, token)).toBe(200);
  });

  it('a public client revokes by its id', async () => {
    const open = await newPublicClient(developer.client);
    const tokens = await newTokens(baseUrl, open, person);
    expect((await revoke(tokens.access_token, open)).status).toBe(200);
    expect(await worthOf(otherUrl, tokens.access_token)).toBe('AUTH_002');
  });
});

describe('POST /oauth/introspect', () => {
  it('200: tells a client about its live tokens, opaque, JWT and refresh token', async () => {
    const tokens = await newTokens(baseUrl, client, person);
    expect((await introspect(tokens.access_token, client, otherUrl)).body).toEqual({
      active: true,
      scope: 'read:compression write:compression',
      client_id: client.client_id,
      token_type: 'Bearer',
      sub: person.id,
      iss: 'http://localhost:3000',
      aud: 'http://localhost:3000',
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
    expect((await introspect(tokens.refresh_token)).body).toMatchObject({ active: true, sub: person.id });
    const jwt = await newOAuthClient(developer.client, { access_token_format: 'jwt' });
    const bearer = await clientCredentialsToken(baseUrl, jwt);
    expect((await introspect(bearer, jwt)).body).toMatchObject({ active: true, sub: jwt.client_id });
  });

  it("says no more than inactive of anything else: another client's, revoked, made up, a session's, a key", async () => {
    const tokens = await newTokens(baseUrl, client, person);
    const dead = await newTokens(baseUrl, client, person);
    await revoke(dead.access_token);
    const { key } = await newKey(developer.client);
    for (const [token, by] of [
      [tokens.access_token, stranger],
      [tokens.refresh_token, stranger],
      [dead.access_token, client],
      ['koat_00000000000000000000000000000000', client],
      ['nonsense', client],
      [person.session.access_token, client],
      [key, client],
    ] as const) {
      const answer = await introspect(token, by);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ active: false });
    }
    expect(await worthOf(baseUrl, tokens.access_token)).toBe(200);
  });

  it("lets a credential of the client's owner look that may read clients, and no other", async () => {
    const { access_token: token } = await newTokens(baseUrl, client, person);
    const keyOf = async (owner: Person, permission: string) => ({
      'x-api-key': (await newKey(owner.client, { permissions: [permission] })).key,
    });
    const owner = await send('/oauth/introspect', { token }, await keyOf(developer, 'read:oauth_clients'));
    expect(owner.body.active).toBe(true);
    const neighbour = await send('/oauth/introspect', { token }, await keyOf(person, 'read:oauth_clients'));
    expect(neighbour.body).toEqual({ active: false });
    const poor = await send('/oauth/introspect', { token }, await keyOf(developer, 'read:compression'));
    expect(poor).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
  });

  it('401 for nobody and for a public client', async () => {
    const open = await newPublicClient(developer.client);
    const { access_token: token } = await newTokens(baseUrl, open, person);
    const anonymously: Record<string, string>[] = [{ token }, { token, client_id: open.client_id }];
    for (const parameters of anonymously) {
      expect(await send('/oauth/introspect', parameters)).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      });
    }
  });

  it('is inactive at once when the user takes the grant back, or the client is deleted', async () => {
    const own = await newOAuthClient(developer.client);
    const tokens = await newTokens(baseUrl, own, person);
    const grants = await person.client.get<{ data: { id: string; client_id: string }[] }>('/api/oauth/grants');
    const grant = grants.body.data.find(({ client_id: id }) => id === own.client_id);
    expect((await introspect(tokens.access_token, own, otherUrl)).body.active).toBe(true);
    await person.client.delete(`/api/oauth/grants/${grant?.id}`);
    expect((await introspect(tokens.access_token, own, otherUrl)).body).toEqual({ active: false });
    expect((await introspect(tokens.refresh_token, own, otherUrl)).body).toEqual({ active: false });
    expect(await worthOf(otherUrl, tokens.access_token)).toBe('AUTH_002');
  });
});
