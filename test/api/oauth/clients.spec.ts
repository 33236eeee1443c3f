import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import {
  CLIENT_FIELDS,
  clientCredentialsToken,
  newOAuthClient,
  type OAuthClientBody,
  REDIRECT_URI,
  requestClientToken,
} from '../../support/oauth.ts';
import { existingDatabase } from '../../support/database.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
const database = existingDatabase(world().sharedDatabase);
const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const privateJwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
/** Verification with the exponent 3 has let forgeries pass. */
const cubicJwk = generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent: 3 }).publicKey.export({
  format: 'jwk',
});
let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

const create = (fields: Record<string, unknown>, client = person.client) =>
  client.post<OAuthClientBody & { code: string; errors: { field: string }[] }>('/api/oauth/clients', {
    ...CLIENT_FIELDS,
    ...fields,
  });

const eventsOf = (type: string, clientId: string) =>
  database.query<{ data: Record<string, unknown> }>(
    `select data from outbox_events where type = $1 and owner_id = $2 and data->>'client_id' = $3`,
    [type, person.id, clientId],
  );

describe('POST /api/oauth/clients', () => {
  it('201: the secret is shown here and nowhere else, and is stored nowhere', async () => {
    const answer = await create({});
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      client_id: answer.body.id,
      client_secret: expect.stringMatching(/^kocs_[0-9A-Za-z]{32}$/),
      name: 'Example App',
      token_endpoint_auth_method: 'client_secret_basic',
      access_token_format: 'opaque',
      minted_by: null,
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const shown = await person.client.get(`/api/oauth/clients/${answer.body.id}`);
    expect(shown.text).not.toContain('client_secret"');
    const [row] = await database.query('select * from oauth_clients where id = $1', [answer.body.id]);
    expect(JSON.stringify(row)).not.toContain(answer.body.client_secret);
    expect(await eventsOf('oauth.client.created', answer.body.id)).toHaveLength(1);
  });

  it('201 for a public client, which has no secret, and for one with keys, which has none either', async () => {
    const open = await create({ type: 'public', grant_types: ['authorization_code'] });
    expect(open.body).toMatchObject({ token_endpoint_auth_method: 'none' });
    const keyed = await create({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...jwk, kid: 'a' }] },
    });
    expect(keyed.body).toMatchObject({ jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'a', alg: 'EdDSA' }] } });
    for (const { status, text } of [open, keyed]) {
      expect(status).toBe(201);
      expect(text).not.toContain('client_secret"');
    }
  });

  it.each([
    ['scopes[0]', { scopes: ['read:everything'] }],
    ['scopes[0]', { scopes: ['*'] }],
    ['scopes', { scopes: [] }],
    ['redirect_uris[1]', { redirect_uris: [REDIRECT_URI, 'http://app.example.com/'] }],
    ['redirect_uris[0]', { redirect_uris: ['https://app.example.com/#x'] }],
    ['redirect_uris[0]', { redirect_uris: ['https://*.example.com/'] }],
    ['redirect_uris[0]', { redirect_uris: [`${REDIRECT_URI}?code=planted`] }],
    ['redirect_uris', { redirect_uris: [] }],
    ['redirect_uris', { grant_types: ['client_credentials'] }],
    ['grant_types', { type: 'public' }],
    ['grant_types', { grant_types: ['refresh_token'], redirect_uris: [] }],
    ['grant_types[0]', { grant_types: ['implicit'] }],
    ['token_endpoint_auth_method', { token_endpoint_auth_method: 'none' }],
    ['token_endpoint_auth_method', { type: 'public', token_endpoint_auth_method: 'client_secret_basic' }],
    ['jwks', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['jwks', { jwks: { keys: [jwk] } }],
    ['jwks.keys[0]', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [privateJwk] } }],
    [
      'jwks.keys[0]',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...jwk, key_ops: ['sign'] }] } },
    ],
    ['jwks.keys[1]', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk, cubicJwk] } }],
    ['redirect_uris[0]', { redirect_uris: ['https://@app.example.com/callback'] }],
    ['redirect_uris[0]', { redirect_uris: ['https://0x7f.1/callback'] }],
    ['name', { name: '\u3164\u200b' }],
    ['jwks_uri', { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://127.0.0.1:9/' }],
    ['logo_uri', { logo_uri: 'http://127.0.0.1:9/' }],
    ['type', { type: 'native' }],
    ['name', { name: '' }],
    // users decide by it whom they let in: U+202E writes what follows backwards
    ['name', { name: 'Safe\u202eretnuH' }],
    ['name', { name: 'Safe\nIt is made by us' }],
    ['client_secret', { client_secret: 'mine' }],
    ['owner_id', { owner_id: '018cf2b8-3c00-7000-8000-000000000000' }],
  ])('400 that names %s for %j', async (field, fields) => {
    const answer = await create(fields);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.field)).toContain(field);
  });

  it('403 for scopes beyond the calling credential, and nothing is made', async () => {
    const { key } = await newKey(person.client, { permissions: ['write:oauth_clients', 'read:compression'] });
    const minter = new Client(baseUrl).with({ apiKey: key });
    const count = async () =>
      (await database.query('select 1 from oauth_clients where owner_id = $1', [person.id])).length;
    const before = await count();
    const answer = await create({}, minter);
    expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_009', errors: [{ field: 'scopes' }] } });
    expect((await create({ scopes: ['admin:users'] })).body.code).toBe('AUTH_009');
    expect(await count()).toBe(before);
    expect((await create({ scopes: ['read:compression'] }, minter)).status).toBe(201);
  });

  it('a client inherits the addresses and the end of the credential that registers it', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
    const terms = { permissions: ['write:oauth_clients', 'read:compression'], expires_at: expiresAt };
    const { key, id } = await newKey(person.client, { ...terms, allowed_ips: ['127.0.0.1', '10.0.0.0/8'] });
    const { body } = await create({ scopes: ['read:compression'] }, new Client(baseUrl).with({ apiKey: key }));
    expect(body).toMatchObject({ allowed_ips: ['127.0.0.1', '10.0.0.0/8'], expires_at: expiresAt, minted_by: id });
  });

  it('ends with the key that registered it when that is revoked in a cascade', async () => {
    const { key, id } = await newKey(person.client, { permissions: ['write:oauth_clients', 'read:compression'] });
    const made = await create({ scopes: ['read:compression'] }, new Client(baseUrl).with({ apiKey: key }));
    const bearer = await clientCredentialsToken(baseUrl, made.body);
    expect((await person.client.delete(`/api/keys/${id}?cascade=true`)).status).toBe(204);
    expect((await person.client.get(`/api/oauth/clients/${made.body.id}`)).status).toBe(404);
    expect((await new Client(otherUrl).with({ bearer }).get('/api/auth/whoami')).body.code).toBe('AUTH_002');
  });

  it('repeated with one Idempotency-Key makes one client', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const send = () => person.client.post<OAuthClientBody>('/api/oauth/clients', CLIENT_FIELDS, { headers });
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('GET /api/oauth/clients', () => {
  it('lists the newest first, page by page, and only the own ones', async () => {
    const owner = await newPerson();
    const made = [await newOAuthClient(owner.client), await newOAuthClient(owner.client)];
    const page = await owner.client.get<{ data: OAuthClientBody[]; next_cursor: string }>('/api/oauth/clients?limit=1');
    expect(page.body.data.map(({ id }) => id)).toEqual([made[1]?.id]);
    const next = await owner.client.get<{ data: OAuthClientBody[]; has_more: boolean }>(
      `/api/oauth/clients?limit=1&cursor=${page.body.next_cursor}`,
    );
    expect(next.body).toMatchObject({ data: [{ id: made[0]?.id }], has_more: false });
    expect(page.text).not.toContain('digest');
  });
});

describe('PATCH /api/oauth/clients/{id}', () => {
  it('200: narrower scopes hold for the tokens in use, on every process', async () => {
    const client = await newOAuthClient(person.client);
    const bearer = await clientCredentialsToken(baseUrl, client);
    const other = new Client(otherUrl).with({ bearer });
    expect((await other.post('/api/compression/compress', { data: 1 })).status).toBe(200);
    const path = `/api/oauth/clients/${client.id}`;
    const narrowed = await person.client.patch<OAuthClientBody>(path, {
      scopes: ['read:compression'],
      name: 'Renamed',
    });
    expect(narrowed.body).toMatchObject({ scopes: ['read:compression'], name: 'Renamed' });
    expect((await other.post('/api/compression/compress', { data: 1 })).body.code).toBe('AUTH_009');
    expect(await eventsOf('oauth.client.updated', client.id)).toHaveLength(1);
  });

  it('400 for a change after which the client does not fit together, and nothing changes', async () => {
    const client = await newOAuthClient(person.client);
    const answer = await person.client.patch(`/api/oauth/clients/${client.id}`, { redirect_uris: [] });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'redirect_uris' }] } });
    const shown = await person.client.get<OAuthClientBody>(`/api/oauth/clients/${client.id}`);
    expect(shown.body.redirect_uris).toEqual([REDIRECT_URI]);
  });

  // whoever can move the redirect URI gets the codes
  it.each([
    ['wider scopes', { scopes: ['read:compression', 'write:compression', 'read:keys'] }],
    ['other redirect URIs', { redirect_uris: ['https://evil.example/'] }],
    ['other grants', { grant_types: ['authorization_code', 'client_credentials'] }],
    ['other keys', { jwks: { keys: [jwk] } }],
  ])('403 for %s by a credential that may do less than the client', async (_name, changes) => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const client = await newOAuthClient(person.client, {
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [publicKey.export({ format: 'jwk' })] },
    });
    const { key } = await newKey(person.client, { permissions: ['write:oauth_clients', 'read:compression'] });
    const answer = await person.client.with({ apiKey: key }).patch(`/api/oauth/clients/${client.id}`, changes);
    expect(answer.body.code).toBe('AUTH_009');
    const shown = await person.client.get<OAuthClientBody>(`/api/oauth/clients/${client.id}`);
    expect(shown.body.redirect_uris).toEqual([REDIRECT_URI]);
  });
});

describe('POST /api/oauth/clients/{id}/rotate-secret', () => {
  const works = async (client: OAuthClientBody, secret: string, url = baseUrl): Promise<number> =>
    (await requestClientToken(url, { ...client, client_secret: secret }, { grant_type: 'client_credentials' })).status;

  it('201: both secrets work while the grace lasts, on every process; a third ends the first', async () => {
    const client = await newOAuthClient(person.client);
    const path = `/api/oauth/clients/${client.id}/rotate-secret`;
    expect(await works(client, client.client_secret, otherUrl)).toBe(200);
    const second = await person.client.post<OAuthClientBody>(path, { grace_period_hours: 1 });
    expect(second.status).toBe(201);
    expect(second.body.previous_secret_expires_at).not.toBeNull();
    for (const url of [baseUrl, otherUrl]) {
      expect(await works(client, client.client_secret, url)).toBe(200);
      expect(await works(client, second.body.client_secret, url)).toBe(200);
    }
    const third = await person.client.post<OAuthClientBody>(path, { grace_period_hours: 0 });
    for (const url of [baseUrl, otherUrl]) {
      expect(await works(client, client.client_secret, url)).toBe(401);
      expect(await works(client, second.body.client_secret, url)).toBe(401);
      expect(await works(client, third.body.client_secret, url)).toBe(200);
    }
  });

  it('201 without a body, with or without a Content-Type: the grace is a day', async () => {
    const client = await newOAuthClient(person.client);
    const path = `/api/oauth/clients/${client.id}/rotate-secret`;
    const bare = await person.client.post<OAuthClientBody>(path);
    const headers = { 'content-type': 'application/json' };
    const typed = await person.client.post<OAuthClientBody>(path, undefined, { headers });
    for (const { status, body } of [bare, typed]) {
      expect(status).toBe(201);
      expect(Date.parse(body.previous_secret_expires_at ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    }
  });

  it('409 for a client without a secret', async () => {
    const client = await newOAuthClient(person.client, { type: 'public', grant_types: ['authorization_code'] });
    const answer = await person.client.post(`/api/oauth/clients/${client.id}/rotate-secret`, {});
    expect(answer.status).toBe(409);
  });
});

describe('DELETE /api/oauth/clients/{id}', () => {
  it('204, the second time too; its tokens and its secret are dead at once on every process', async () => {
    const client = await newOAuthClient(person.client);
    const bearer = await clientCredentialsToken(baseUrl, client);
    const callers = [baseUrl, otherUrl].map((url) => new Client(url).with({ bearer }));
    for (const caller of callers) expect((await caller.get('/api/auth/whoami')).status).toBe(200);
    for (let time = 0; time < 2; time++) {
      expect((await person.client.delete(`/api/oauth/clients/${client.id}`)).status).toBe(204);
    }
    for (const caller of callers) expect((await caller.get('/api/auth/whoami')).body.code).toBe('AUTH_002');
    const again = await requestClientToken(otherUrl, client, { grant_type: 'client_credentials' });
    expect(again).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await eventsOf('oauth.client.deleted', client.id)).toHaveLength(1);
  });

  it('takes down what the client has minted', async () => {
    const client = await newOAuthClient(person.client, { scopes: ['read:compression', 'write:keys'] });
    const bearer = await clientCredentialsToken(baseUrl, client);
    const { key } = await newKey(new Client(baseUrl).with({ bearer }), { permissions: ['read:compression'] });
    const holder = new Client(otherUrl).with({ apiKey: key });
    expect((await holder.get('/api/auth/whoami')).status).toBe(200);
    await person.client.delete(`/api/oauth/clients/${client.id}`);
    expect((await holder.get('/api/auth/whoami')).body.code).toBe('AUTH_004');
  });
});
