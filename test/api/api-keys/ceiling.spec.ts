import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { existingDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { signedHeaders } from '../../support/signing.ts';
import { world } from '../../support/world.ts';

const database = existingDatabase(world().sharedDatabase);
const IN_A_MONTH = new Date(Math.ceil(Date.now() / 1000) * 1000 + 30 * 86_400_000).toISOString().replace('.000', '');
const REACH = {
  permissions: ['read:compression', 'write:keys'],
  allowed_ips: ['127.0.0.0/8'],
  denied_ips: ['127.6.6.6'],
  expires_at: IN_A_MONTH,
};
let person: Person;

beforeAll(async () => {
  person = await newPerson();
});

function mint(parent: MintedKey, fields: Record<string, unknown>) {
  return person.client.with({ apiKey: parent.key }).post<MintedKey>('/api/keys', { name: 'Child', ...fields });
}

async function countChildren(parent: MintedKey): Promise<number> {
  return (await database.query('select id from api_keys where minted_by = $1', [parent.id])).length;
}

describe('a key that mints', () => {
  it('hands on what it has when the request says nothing, and is named as the maker', async () => {
    const parent = await newKey(person.client, REACH);
    const { body } = expectStatus(await mint(parent, {}), 201);
    expect(body).toMatchObject({ ...REACH, minted_by: parent.id });
  });

  it.each([
    ['permissions', { permissions: ['write:compression'] }],
    ['permissions', { permissions: ['*'] }],
    ['permissions', { permissions: ['read:*'] }],
    ['permissions', { permissions: ['admin:users'] }],
    ['permissions', { permissions: ['verify:keys'] }],
    ['allowed_ips', { allowed_ips: null }],
    ['allowed_ips', { allowed_ips: ['0.0.0.0/0'] }],
    ['allowed_ips', { ip_whitelist: ['::/0'] }],
    ['allowed_ips', { allowed_ips: ['::ffff:0:0/96'] }],
    ['allowed_ips', { denied_ips: null }],
    ['allowed_ips', { allowed_ips: ['127.0.0.1', '203.0.113.1'] }],
    ['expires_at', { expires_at: null }],
    ['expires_at', { expires_at: '2090-01-01T00:00:00Z' }],
  ])('cannot mint with wider %s: %j', async (field, fields) => {
    const parent = await newKey(person.client, REACH);
    const { status, body } = await mint(parent, fields);
    expect({ status, body }).toMatchObject({ status: 403, body: { code: 'AUTH_009', errors: [{ field }] } });
    expect(await countChildren(parent)).toBe(0);
  });

  it('shares its quota with what it mints, and mints nothing outside of it', async () => {
    const parent = await newKey(person.client, {
      permissions: ['*', 'write:keys'],
      quota: { limit: 4, period: 'day' },
    });
    expect((await mint(parent, { quota: null })).status).toBe(403);
    const { body: child } = expectStatus(await mint(parent, {}), 201);
    expect(child).toMatchObject({ quota: { limit: 4, period: 'day' } });
    const use = (key: MintedKey) => person.client.with({ apiKey: key.key }).get('/api/compression/stats');
    // two calls went into minting
    expect((await use(child)).status).toBe(200);
    expect((await use(parent)).status).toBe(200);
    expect(await use(child)).toMatchObject({ status: 429, body: { code: 'AUTH_013' } });
    expect(await use(parent)).toMatchObject({ status: 429, body: { code: 'AUTH_013' } });
  });

  it('mints nothing that outlives its own scheduled end', async () => {
    const parent = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    await person.client.delete(`/api/keys/${parent.id}?delay_hours=1`);
    const { body: child } = expectStatus(await mint(parent, {}), 201);
    expect(Date.parse(String(child.expires_at))).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect((await mint(parent, { expires_at: IN_A_MONTH })).status).toBe(403);
  });

  it('needs write:keys by name', async () => {
    const parent = await newKey(person.client, { permissions: ['*'] });
    expect(await mint(parent, {})).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
  });

  it('loses the rights that its owner loses', async () => {
    const admin = await newPerson();
    await database.query("update users set role = 'admin' where id = $1", [admin.id]);
    const key = await newKey(admin.client, { permissions: ['*', 'write:keys', 'admin:keys'] });
    await database.query("update users set role = 'user' where id = $1", [admin.id]);
    const { status, body } = await admin.client.with({ apiKey: key.key }).post('/api/keys', { name: 'Child' });
    expect({ status, body }).toMatchObject({
      status: 403,
      body: { code: 'AUTH_009', errors: [{ field: 'permissions' }] },
    });
  });
});

describe('a key that rotates', () => {
  it('gets no successor of a key that reaches further than itself', async () => {
    const caller = await newKey(person.client, REACH);
    const targets = await Promise.all([
      newKey(person.client, { ...REACH, permissions: ['*'] }),
      newKey(person.client, { ...REACH, allowed_ips: null }),
      newKey(person.client, { ...REACH, expires_at: null }),
    ]);
    for (const { id } of targets) {
      const { status, body } = await person.client.with({ apiKey: caller.key }).post(`/api/keys/${id}/rotate`, {});
      expect({ status, body }).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
      const [row] = await database.query('select successor_id, revoke_at from api_keys where id = $1', [id]);
      expect(row).toEqual({ successor_id: null, revoke_at: null });
    }
  });

  it('gets no longer life for itself', async () => {
    const caller = await newKey(person.client, REACH);
    await database.query("update api_keys set created_at = created_at - interval '1 day' where id = $1", [caller.id]);
    const { status, body } = await person.client.with({ apiKey: caller.key }).post(`/api/keys/${caller.id}/rotate`, {});
    expect({ status, body }).toMatchObject({
      status: 403,
      body: { code: 'AUTH_009', errors: [{ field: 'expires_at' }] },
    });
  });
});

// what a key is bound to must not be shed by minting another kind of credential
describe('a key that is bound to a quota or to signatures', () => {
  const MINTS = { permissions: ['read:compression', 'write:service_accounts', 'write:oauth_clients'] };
  /** As the signature has them: sorted, with a space after each comma and colon. */
  const CREATIONS = [
    ['/api/service-accounts', '{"name": "Escape", "permissions": ["read:compression"]}'],
    [
      '/api/oauth/clients',
      '{"grant_types": ["client_credentials"], "name": "Escape", "scopes": ["read:compression"], "type": "confidential"}',
    ],
  ] as const;

  it.each([
    ['quota', { quota: { limit: 4, period: 'day' } }],
    ['require_signature', { require_signature: true }],
  ])('mints no service account and no OAuth client that is free of its %s', async (field, bound) => {
    const parent = await newKey(person.client, { ...MINTS, ...bound });
    for (const [target, raw] of CREATIONS) {
      const headers = {
        ...signedHeaders(parent, { method: 'POST', target, text: raw }),
        'content-type': 'application/json',
      };
      const answer = await new Client(world().servers[0]).request('POST', target, { raw, headers });
      expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_009', errors: [{ field }] } });
    }
    const made = await database.query(
      'select id from service_accounts where minted_by = $1 union all select id from oauth_clients where minted_by = $1',
      [parent.id],
    );
    expect(made).toEqual([]);
  });
});
