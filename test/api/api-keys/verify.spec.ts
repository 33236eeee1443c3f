import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateApiKey } from '../../../src/kernel/crypto/api-key-format.ts';
import { existingDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { until } from '../../support/until.ts';
import { world } from '../../support/world.ts';

interface Verdict {
  readonly valid: boolean;
  readonly code?: string;
  readonly reason?: string;
  readonly key_id: string | null;
  readonly owner_id: string | null;
  readonly permissions: readonly string[];
  readonly remaining_quota: number | null;
}

const database = existingDatabase(world().sharedDatabase);
let person: Person;

beforeAll(async () => {
  person = await newPerson();
});

async function verify(key: string, question: Record<string, unknown> = {}, client = person.client): Promise<Verdict> {
  return expectStatus(await client.post<Verdict>('/api/keys/verify', { key, ...question }), 200).body;
}

function notFound(): Verdict {
  return {
    valid: false,
    code: 'AUTH_004',
    reason: 'not_found',
    key_id: null,
    owner_id: null,
    permissions: [],
    remaining_quota: null,
  };
}

describe('verifyApiKey 200', () => {
  it('tells what a valid key may do, wildcards resolved', async () => {
    const key = await newKey(person.client, { permissions: ['read:compression', 'write:context'] });
    const wildcard = await newKey(person.client);
    expect(await verify(key.key)).toEqual({
      valid: true,
      key_id: key.id,
      owner_id: person.id,
      permissions: ['read:compression', 'write:context'],
      remaining_quota: null,
    });
    const { permissions } = await verify(wildcard.key);
    expect(permissions).toContain('write:compression');
    for (const named of ['write:keys', 'verify:keys', 'admin:users']) expect(permissions).not.toContain(named);
  });

  it('tells the owner why a key is not valid', async () => {
    const [revoked, expired, quarantined, scheduled] = await Promise.all([1, 2, 3, 4].map(() => newKey(person.client)));
    await person.client.delete(`/api/keys/${revoked?.id}`);
    await person.client.delete(`/api/keys/${scheduled?.id}?delay_hours=1`);
    await database.query('update api_keys set expires_at = created_at where id = $1', [expired?.id]);
    await database.query('update api_keys set quarantined_at = created_at where id = $1', [quarantined?.id]);
    for (const [key, reason] of [
      [revoked, 'revoked'],
      [expired, 'expired'],
      [quarantined, 'quarantined'],
    ] as const) {
      expect(await verify(String(key?.key))).toEqual({ ...notFound(), reason, key_id: key?.id, owner_id: person.id });
    }
    expect((await verify(String(scheduled?.key))).valid).toBe(true);
  });

  it.each([
    '',
    'x',
    'kapi_prod_',
    `kapi_prod_${'0'.repeat(32)}`,
    'x'.repeat(8_000),
    "' or 1=1 --",
    '\u0000',
    generateApiKey('prod'),
  ])('says of %j that there is no such key, never with a 4xx', async (text) => {
    expect(await verify(text)).toEqual(notFound());
  });

  it('asks for the permissions that are named, all of them', async () => {
    const key = await newKey(person.client, { permissions: ['read:*'] });
    expect((await verify(key.key, { permissions: ['read:compression', 'read:keys'] })).valid).toBe(true);
    expect(await verify(key.key, { permissions: ['read:compression', 'write:compression'] })).toMatchObject({
      valid: false,
      code: 'AUTH_009',
      reason: 'insufficient_permissions',
      key_id: key.id,
    });
  });

  it('judges the address that is named, and a key with IP lists is not valid without one', async () => {
    const key = await newKey(person.client, { allowed_ips: ['203.0.113.0/24'], denied_ips: ['203.0.113.66'] });
    expect((await verify(key.key, { ip: '203.0.113.7' })).valid).toBe(true);
    expect((await verify(key.key, { ip: '::ffff:203.0.113.7' })).valid).toBe(true);
    for (const question of [{ ip: '198.51.100.1' }, { ip: '203.0.113.66' }, { ip: '::1' }, {}]) {
      expect(await verify(key.key, question)).toMatchObject({
        valid: false,
        code: 'AUTH_005',
        reason: 'ip_not_allowed',
      });
    }
  });

  it('finds a key that demands signatures not valid unsigned', async () => {
    const key = await newKey(person.client, { require_signature: true });
    expect(await verify(key.key)).toMatchObject({ valid: false, code: 'AUTH_011', reason: 'signature_required' });
  });

  it('is a use of the key: it costs a unit of its quota, which 20 parallel verifications do not overdraw', async () => {
    const key = await newKey(person.client, { quota: { limit: 3, period: 'month' } });
    expect((await verify(key.key)).remaining_quota).toBe(2);
    // what is not valid costs nothing
    await verify(key.key, { permissions: ['write:keys'] });
    expect((await verify(key.key)).remaining_quota).toBe(1);
    const [first, second] = world().servers;
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => verify(key.key, {}, person.client.at(index % 2 === 0 ? first : second))),
    );
    const valid = verdicts.filter((verdict) => verdict.valid);
    expect(valid).toHaveLength(1);
    expect(valid[0]?.remaining_quota).toBe(0);
    for (const verdict of verdicts.filter((other) => !other.valid)) {
      expect(verdict).toMatchObject({ code: 'AUTH_013', reason: 'quota_exceeded', remaining_quota: 0 });
    }
    expect(await person.client.with({ apiKey: key.key }).get('/api/compression/stats')).toMatchObject({ status: 429 });
  });

  it('shows up as the last use of the key, from the address that was named', async () => {
    const key = await newKey(person.client);
    await verify(key.key, { ip: '203.0.113.77' });
    const lastUse = () => person.client.get<{ last_used_ip: string }>(`/api/keys/${key.id}`);
    await until(async () => (await lastUse()).body.last_used_ip === '203.0.113.77', 15_000);
  });
});

describe('verifyApiKey by others', () => {
  it('knows the keys of all owners if an administrator asks, and only the own ones of a key without admin:keys', async () => {
    const key = await newKey(person.client);
    const admin = await newPerson();
    await database.query("update users set role = 'admin' where id = $1", [admin.id]);
    expect(await verify(key.key, {}, admin.client)).toMatchObject({ valid: true, owner_id: person.id });
    const narrow = await newKey(admin.client, { permissions: ['verify:keys'] });
    const wide = await newKey(admin.client, { permissions: ['verify:keys', 'admin:keys'] });
    const ask = (asker: MintedKey) => verify(key.key, {}, admin.client.with({ apiKey: asker.key }));
    expect(await ask(narrow)).toEqual(notFound());
    expect((await ask(wide)).valid).toBe(true);
  });

  it('tells an owner nothing about the keys of another', async () => {
    const stranger = await newPerson();
    const key = await newKey(person.client, { quota: { limit: 1, period: 'day' } });
    expect(await verify(key.key, {}, stranger.client)).toEqual(notFound());
    expect((await verify(key.key)).valid).toBe(true);
  });

  it.each([['*'], ['read:keys'], ['write:keys']])('needs verify:keys by name: %s is not enough', async (permission) => {
    const asker = await newKey(person.client, { permissions: [permission] });
    const answer = await person.client.with({ apiKey: asker.key }).post('/api/keys/verify', { key: asker.key });
    expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
  });
});

describe('verifyApiKey 400', () => {
  it.each([
    ['key', {}],
    ['key', { key: 5 }],
    ['key', { key: 'x'.repeat(8_193) }],
    ['permissions[0]', { key: 'x', permissions: ['read:everything'] }],
    ['permissions[0]', { key: 'x', permissions: ['*'] }],
    ['ip', { key: 'x', ip: '52.44.123.456' }],
    ['ip', { key: 'x', ip: '10.0.0.0/8' }],
    ['ip', { key: 'x', ip: 'fe80::1%eth0' }],
    ['owner_id', { key: 'x', owner_id: 'x' }],
  ])('names %s in %j', async (field, body) => {
    const answer = await person.client.post('/api/keys/verify', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
  });
});
