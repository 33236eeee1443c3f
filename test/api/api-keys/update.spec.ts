import { beforeAll, describe, expect, it } from '@jest/globals';
import { existingDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const database = existingDatabase(world().sharedDatabase);
const IN_A_YEAR = new Date(Date.now() + 365 * 86_400_000).toISOString();
let person: Person;

beforeAll(async () => {
  person = await newPerson();
});

function update(id: string, changes: Record<string, unknown>, client = person.client) {
  return client.patch<MintedKey & { code: string; errors: unknown[] }>(`/api/keys/${id}`, changes);
}

function use(key: MintedKey) {
  return person.client.with({ apiKey: key.key }).get('/api/compression/stats');
}

/** All stored columns of a key. */
async function stored(id: string) {
  const [row] = await database.query('select * from api_keys where id = $1', [id]);
  return row;
}

describe('updateApiKey 200', () => {
  it('changes what the body names and leaves the rest', async () => {
    const key = await newKey(person.client, { allowed_ips: ['127.0.0.1'], quota: { limit: 9, period: 'hour' } });
    const { body } = expectStatus(await update(key.id, { name: ' Renamed ', denied_ips: ['10.0.0.0/8'] }), 200);
    const { key: _key, api_secret: _secret, ...shown } = key;
    expect(body).toEqual({ ...shown, name: 'Renamed', denied_ips: ['10.0.0.0/8'] });
    expect(body).not.toHaveProperty('api_secret');
  });

  it('clears with null', async () => {
    const key = await newKey(person.client, {
      allowed_ips: ['203.0.113.1'],
      denied_ips: ['203.0.113.2'],
      expires_at: IN_A_YEAR,
      quota: { limit: 1, period: 'month' },
      min_signature: 'rfc9421',
    });
    const cleared = { ip_whitelist: null, denied_ips: null, expires_at: null, quota: null, min_signature: null };
    expect((await update(key.id, cleared)).body).toMatchObject({ ...cleared, allowed_ips: null });
  });

  it('takes effect on the next request, narrower and wider', async () => {
    const key = await newKey(person.client);
    expect((await use(key)).status).toBe(200);
    await update(key.id, { permissions: ['write:compression'] });
    expect(await use(key)).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
    await update(key.id, { permissions: ['read:*'], allowed_ips: ['203.0.113.1'] });
    expect(await use(key)).toMatchObject({ status: 403, body: { code: 'AUTH_005' } });
    await update(key.id, { allowed_ips: null, require_signature: true });
    expect(await use(key)).toMatchObject({ status: 401, body: { code: 'AUTH_011' } });
    await update(key.id, { require_signature: false });
    expect((await use(key)).status).toBe(200);
  });

  it('records which fields have changed, and nothing when none has', async () => {
    const key = await newKey(person.client, { name: 'Same' });
    await update(key.id, { name: 'Same', permissions: ['*'], allowed_ips: null, quota: null });
    await update(key.id, {});
    await update(key.id, { quota: { limit: 5, period: 'day' }, name: 'Other' });
    const events = await database.query(
      "select type, data->'changed' as changed from outbox_events where data->>'key_id' = $1 order by sequence",
      [key.id],
    );
    expect(events).toEqual([
      { type: 'api_key.created', changed: null },
      { type: 'api_key.updated', changed: ['quota', 'name'] },
    ]);
  });

  it('revives an expired key and takes back a scheduled deletion', async () => {
    const key = await newKey(person.client, { expires_at: IN_A_YEAR });
    await database.query('update api_keys set expires_at = created_at where id = $1', [key.id]);
    expect((await use(key)).status).toBe(401);
    expect((await update(key.id, { expires_at: IN_A_YEAR })).body.status).toBe('active');
    expect((await use(key)).status).toBe(200);
    await person.client.delete(`/api/keys/${key.id}?delay_hours=1`);
    expect((await update(key.id, { name: 'Still scheduled' })).body.status).toBe('scheduled');
    expect((await update(key.id, { revoke_at: null })).body.status).toBe('active');
  });
});

describe('updateApiKey by a key', () => {
  const reach = {
    permissions: ['read:compression', 'write:keys', 'read:keys'],
    allowed_ips: ['127.0.0.0/8'],
    expires_at: IN_A_YEAR,
  };

  it.each([
    ['permissions', { permissions: ['read:compression', 'write:compression'] }],
    ['permissions', { permissions: ['*'] }],
    ['permissions', { permissions: ['admin:users'] }],
    ['allowed_ips', { allowed_ips: null }],
    ['allowed_ips', { allowed_ips: ['127.0.0.1', '203.0.113.1'] }],
    ['allowed_ips', { ip_whitelist: ['126.0.0.0/7'] }],
    ['expires_at', { expires_at: null }],
    ['expires_at', { expires_at: new Date(Date.now() + 366 * 86_400_000).toISOString() }],
  ])('cannot widen %s beyond the caller: %j', async (field, changes) => {
    const caller = await newKey(person.client, reach);
    const target = await newKey(person.client, { ...reach, permissions: ['read:compression'] });
    const client = person.client.with({ apiKey: caller.key });
    for (const id of [target.id, caller.id]) {
      const before = await stored(id);
      const { status, body } = await update(id, changes, client);
      expect({ status, body }).toMatchObject({ status: 403, body: { code: 'AUTH_009', errors: [{ field }] } });
      expect(await stored(id)).toEqual(before);
    }
  });

  it('cannot revive, un-schedule or widen a key that reaches further than the caller, though it may narrow and rename it', async () => {
    const caller = await newKey(person.client, reach);
    const client = person.client.with({ apiKey: caller.key });
    const wide = await newKey(person.client, { expires_at: IN_A_YEAR });
    expect((await update(wide.id, { name: 'Renamed', permissions: ['read:*'] }, client)).status).toBe(200);
    expect((await update(wide.id, { denied_ips: ['10.0.0.0/8'] }, client)).status).toBe(200);
    expect((await update(wide.id, { denied_ips: null }, client)).body.code).toBe('AUTH_009');
    await person.client.delete(`/api/keys/${wide.id}?delay_hours=1`);
    expect((await update(wide.id, { revoke_at: null }, client)).body.code).toBe('AUTH_009');
    await database.query('update api_keys set revoke_at = null, expires_at = created_at where id = $1', [wide.id]);
    expect((await update(wide.id, { expires_at: IN_A_YEAR }, client)).body.code).toBe('AUTH_009');
  });

  it('cannot leave its quota or its duty to sign', async () => {
    const quota = { limit: 50, period: 'day' };
    const caller = await newKey(person.client, { permissions: ['*', 'write:keys'], quota });
    const client = person.client.with({ apiKey: caller.key });
    for (const changes of [
      { quota: null },
      { quota: { limit: 51, period: 'day' } },
      { quota: { limit: 5, period: 'hour' } },
    ]) {
      const { status, body } = await update(caller.id, changes, client);
      expect({ status, body }).toMatchObject({ status: 403, body: { code: 'AUTH_009', errors: [{ field: 'quota' }] } });
    }
    expect((await update(caller.id, { quota: { limit: 49, period: 'day' } }, client)).status).toBe(200);
  });

  it('needs write:keys by name: a wildcard is not enough', async () => {
    for (const permissions of [['*'], ['write:*'], ['read:keys']]) {
      const caller = await newKey(person.client, { permissions });
      const { status, body } = await update(caller.id, { name: 'x' }, person.client.with({ apiKey: caller.key }));
      expect({ status, body }).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
    }
  });
});

describe('updateApiKey refused', () => {
  it('with 409 for a revoked key, which nothing brings back', async () => {
    const key = await newKey(person.client);
    await person.client.delete(`/api/keys/${key.id}`);
    for (const changes of [{ expires_at: IN_A_YEAR }, { revoke_at: null }, { name: 'x' }, {}]) {
      expect(await update(key.id, changes)).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    }
    expect((await use(key)).status).toBe(401);
  });

  it('with 403 for rights that the user does not have', async () => {
    const key = await newKey(person.client);
    const { status, body } = await update(key.id, { permissions: ['*', 'admin:keys'] });
    expect({ status, body }).toMatchObject({
      status: 403,
      body: { code: 'AUTH_009', errors: [{ field: 'permissions' }] },
    });
  });

  it.each([
    ['environment', 'dev'],
    ['revoke_at', '2040-01-01T00:00:00Z'],
    ['revoked_at', null],
    ['status', 'active'],
    ['id', '018cf2b8-3c00-7000-8000-000000000000'],
    ['owner_id', '018cf2b8-3c00-7000-8000-000000000000'],
    ['digest', 'x'],
    ['minted_by', null],
    ['quarantined_at', null],
    ['successor_id', null],
    ['quota_counter_id', '018cf2b8-3c00-7000-8000-000000000000'],
    ['created_at', '2040-01-01T00:00:00Z'],
    ['api_secret', 'x'],
    ['name', null],
    ['permissions', null],
    ['allowed_ips', []],
    ['require_signature', null],
    ['__proto__', { name: 'x' }],
  ])('with 400 for %s: %j', async (field, value) => {
    const key = await newKey(person.client);
    const before = await stored(key.id);
    const raw = `{${JSON.stringify(field)}:${JSON.stringify(value)}}`;
    const { status, body } = await person.client.patch(`/api/keys/${key.id}`, undefined, { raw });
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
    expect(await stored(key.id)).toEqual(before);
  });
});
