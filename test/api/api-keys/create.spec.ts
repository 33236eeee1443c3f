import { beforeAll, describe, expect, it } from '@jest/globals';
import { existingDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const database = existingDatabase(world().sharedDatabase);
let person: Person;

beforeAll(async () => {
  person = await newPerson();
});

function create(fields: Record<string, unknown>) {
  return person.client.post<MintedKey>('/api/keys', { name: 'A key', ...fields });
}

/** Refused creations must leave nothing behind. */
async function countKeys(): Promise<number> {
  const rows = await database.query<{ n: string }>('select count(*) as n from api_keys where owner_id = $1', [
    person.id,
  ]);
  return Number(rows[0]?.n);
}

describe('createApiKey 201', () => {
  it('gives a key of the printed format with the defaults of a session', async () => {
    const { body, headers } = expectStatus(await create({}), 201);
    expect(body).toMatchObject({
      key: expect.stringMatching(/^kapi_prod_[0-9A-Za-z]{32}$/),
      api_secret: expect.stringMatching(/^ksec_[\w-]{43}$/),
      environment: 'prod',
      status: 'active',
      permissions: ['*'],
      allowed_ips: null,
      ip_whitelist: null,
      denied_ips: null,
      expires_at: null,
      quota: null,
      require_signature: false,
      min_signature: null,
      rotation_due: false,
      minted_by: null,
      revoke_at: null,
      revoked_at: null,
    });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each(['prod', 'test', 'dev'])('puts the environment %s into the key', async (environment) => {
    const key = await newKey(person.client, { environment });
    expect(key.key.startsWith(`kapi_${environment}_`)).toBe(true);
    expect(key.hint).toBe(`kapi_${environment}_…${key.key.slice(-4)}`);
  });

  it('stores neither the key nor the secret in clear', async () => {
    const key = await newKey(person.client);
    const [row] = await database.query('select * from api_keys where id = $1', [key.id]);
    const stored = JSON.stringify(row, (_name, value: unknown) => value);
    const asBytes = Buffer.from(key.key).toString('hex');
    expect(stored).not.toContain(key.key.slice(10));
    expect(stored).not.toContain(asBytes);
    expect(stored).not.toContain(key.api_secret.slice(5));
    const events = await database.query('select * from outbox_events where owner_id = $1', [person.id]);
    expect(JSON.stringify(events)).not.toContain(key.key.slice(10));
  });

  it.each(['allowed_ips', 'ip_whitelist'])(
    'takes %s, and echoes it under both names in canonical form',
    async (name) => {
      const key = await newKey(person.client, {
        [name]: ['203.0.113.0/24', '::ffff:198.51.100.42', '2001:DB8:0::/32'],
        denied_ips: ['192.168.0.0/16'],
      });
      const canonical = ['203.0.113.0/24', '198.51.100.42', '2001:db8::/32'];
      expect(key).toMatchObject({ allowed_ips: canonical, ip_whitelist: canonical, denied_ips: ['192.168.0.0/16'] });
    },
  );

  it('takes null for no restriction', async () => {
    expect(
      await newKey(person.client, { allowed_ips: null, denied_ips: null, expires_at: null, quota: null }),
    ).toMatchObject({ allowed_ips: null, denied_ips: null, expires_at: null, quota: null });
  });

  it('takes an end with any offset and prints it in UTC, cut to the second at which the key ends', async () => {
    const key = await newKey(person.client, { expires_at: '2040-01-08T02:00:00.987654321+02:00' });
    expect(key.expires_at).toBe('2040-01-08T00:00:00Z');
    const [row] = await database.query<{ ends: Date }>('select expires_at as ends from api_keys where id = $1', [
      key.id,
    ]);
    expect(row?.ends.toISOString()).toBe('2040-01-08T00:00:00.000Z');
  });

  it('takes a quota and demands on signatures', async () => {
    const terms = { quota: { limit: 10_000, period: 'month' }, require_signature: true, min_signature: 'rfc9421' };
    expect(await newKey(person.client, terms)).toMatchObject(terms);
  });

  it('records the event in the same transaction, without a secret', async () => {
    const key = await newKey(person.client, { permissions: ['read:compression'] });
    const events = await database.query(
      "select type, actor, data from outbox_events where owner_id = $1 and data->>'key_id' = $2",
      [person.id, key.id],
    );
    expect(events).toEqual([
      {
        type: 'api_key.created',
        actor: { kind: 'session', id: expect.any(String), ip: '127.0.0.1' },
        data: { key_id: key.id, name: 'A key', environment: 'prod', permissions: ['read:compression'] },
      },
    ]);
  });
});

describe('createApiKey 400', () => {
  it.each([
    ['52.44.123.456', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['010.0.0.1', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['1.2.3', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['0x7f.0.0.1', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['2130706433', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['10.0.0.0/33', 'prefix length must be 0 to 32'],
    ['10.0.0.0/08', 'prefix length must be 0 to 32'],
    ['10.0.0.1/8', 'has host bits set; did you mean 10.0.0.0/8'],
    ['::ffff:10.0.0.0/90', 'prefix length must be 96 to 128'],
    ['fe80::1%eth0', 'zone ids are not supported'],
    ['[::1]', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['127.0.0.1:80', 'is not an IPv4 or IPv6 address or CIDR range'],
    [' 127.0.0.1', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['*', 'is not an IPv4 or IPv6 address or CIDR range'],
    ['', 'is not an IPv4 or IPv6 address or CIDR range'],
  ])('for the address %j, which it names', async (address, message) => {
    const before = await countKeys();
    for (const name of ['ip_whitelist', 'allowed_ips', 'denied_ips']) {
      const { status, body } = await create({ [name]: [address, '127.0.0.1'] });
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { code: 'REQ_001', errors: [{ field: `${name}[0]`, message }] },
      });
    }
    expect(await countKeys()).toBe(before);
  });

  it.each([
    ['allowed_ips', { allowed_ips: [] }],
    ['ip_whitelist', { ip_whitelist: [] }],
    ['denied_ips', { denied_ips: [] }],
    ['ip_whitelist', { allowed_ips: ['127.0.0.1'], ip_whitelist: ['127.0.0.2'] }],
    ['ip_whitelist', { allowed_ips: ['127.0.0.1', '::1'], ip_whitelist: ['127.0.0.1'] }],
    ['expires_at', { expires_at: '2020-01-01T00:00:00Z' }],
    ['expires_at', { expires_at: '2040-02-30T00:00:00Z' }],
    ['expires_at', { expires_at: '2040-01-01' }],
    ['expires_at', { expires_at: '9999-12-31T23:59:59-23:59' }],
    ['expires_at', { expires_at: 1_900_000_000 }],
    ['permissions', { permissions: [] }],
    ['permissions[0]', { permissions: ['read:everything'] }],
    ['permissions[1]', { permissions: ['read:keys', 'READ:KEYS'] }],
    ['environment', { environment: 'staging' }],
    ['name', { name: '   ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['quota.limit', { quota: { limit: 0, period: 'day' } }],
    ['quota.limit', { quota: { limit: 1.5, period: 'day' } }],
    ['quota.limit', { quota: { limit: '5', period: 'day' } }],
    ['quota.period', { quota: { limit: 5, period: 'week' } }],
    ['quota.used', { quota: { limit: 5, period: 'day', used: -100 } }],
    ['require_signature', { require_signature: 'yes' }],
    ['min_signature', { min_signature: 'none' }],
    ['alowed_ips', { alowed_ips: ['127.0.0.1'] }],
  ])('naming %s for %j', async (field, fields) => {
    const before = await countKeys();
    const { status, body } = await create(fields);
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
    expect(await countKeys()).toBe(before);
  });

  it.each([
    ['id', '018cf2b8-3c00-7000-8000-000000000000'],
    ['owner', 'x'],
    ['owner_id', 'x'],
    ['user_id', 'x'],
    ['userId', 'x'],
    ['key', 'kapi_prod_x'],
    ['digest', 'x'],
    ['hint', 'x'],
    ['api_secret', 'x'],
    ['status', 'active'],
    ['role', 'admin'],
    ['created_at', '2020-01-01T00:00:00Z'],
    ['revoked_at', null],
    ['revoke_at', null],
    ['quarantined_at', null],
    ['successor_id', null],
    ['minted_by', null],
    ['quota_counter_id', 'x'],
    ['last_used_at', null],
    ['__proto__', { role: 'admin' }],
    ['constructor', { prototype: {} }],
  ])('for the protected field %s', async (field, value) => {
    const raw = `{"name":"A key",${JSON.stringify(field)}:${JSON.stringify(value)}}`;
    const { status, body } = await person.client.post('/api/keys', undefined, { raw });
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
  });
});
