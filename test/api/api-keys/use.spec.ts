import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateApiKey } from '../../../src/kernel/crypto/api-key-format.ts';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let direct: TestServer;
/** Trusts its peer to be a proxy. */
let proxied: TestServer;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  const settings = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  [direct, proxied] = await Promise.all([
    startServer(settings),
    startServer({ ...settings, TRUSTED_PROXIES: '127.0.0.1/32' }),
  ]);
  person = await newPerson(direct.url);
}, 60_000);

afterAll(async () => {
  await Promise.all([direct.stop(), proxied.stop()]);
  await database.drop();
});

/** A cheap route that any key may call. */
function use(key: string, headers: Record<string, string> = {}, server = direct) {
  return new Client(server.url, { 'x-api-key': key }).get('/api/compression/stats', { headers });
}

describe('an API key in X-API-Key', () => {
  it('opens the API until the second at which it ends, and not afterwards', async () => {
    const now = Math.floor((await direct.advanceClock(0)) / 1000) * 1000;
    const end = now + 3_600_000;
    const key = await newKey(person.client, { expires_at: new Date(end).toISOString() });
    expect((await use(key.key)).status).toBe(200);
    await direct.setClock(end - 900);
    expect((await use(key.key)).status).toBe(200);
    await direct.setClock(end);
    expect(await use(key.key)).toMatchObject({ status: 401, body: { code: 'AUTH_004' } });
    await direct.setClock(Date.now());
  });

  it('is refused in the same words whatever is wrong with it', async () => {
    const [live, revoked, quarantined] = await Promise.all([1, 2, 3].map(() => newKey(person.client)));
    const expired = await newKey(person.client, { expires_at: new Date(Date.now() + 3_000).toISOString() });
    await person.client.delete(`/api/keys/${revoked?.id}`);
    await database.query('update api_keys set quarantined_at = created_at where id = $1', [quarantined?.id]);
    await database.query("update api_keys set expires_at = created_at - interval '1 day' where id = $1", [expired.id]);
    const wrongChecksum = `${live?.key.slice(0, -6)}000000`;
    const refused = [revoked?.key, quarantined?.key, expired.key, generateApiKey('prod'), wrongChecksum, 'kapi_', 'x'];
    const answers = await Promise.all(refused.map((key) => use(String(key))));
    const withoutId = answers.map(({ status, body, headers }) => ({
      status,
      challenge: headers.get('www-authenticate'),
      body: { ...body, request_id: null },
    }));
    expect(withoutId[0]).toMatchObject({ status: 401, body: { code: 'AUTH_004' } });
    for (const answer of withoutId) expect(answer).toEqual(withoutId[0]);
  });

  it('dies with the rights of its owner', async () => {
    const other = await newPerson(direct.url);
    const key = await newKey(other.client);
    expect((await use(key.key)).status).toBe(200);
    await database.query('update users set disabled_at = created_at where id = $1', [other.id]);
    const fresh = await use(key.key, {}, proxied);
    expect(fresh).toMatchObject({ status: 401, body: { code: 'AUTH_004' } });
  });
});

describe('a malformed key', () => {
  it('is answered alike in every shape, and costs no database read', async () => {
    const { key } = await newKey(person.client);
    const random = key.slice('kapi_prod_'.length);
    const malformed = [
      'kapi',
      'kapi_',
      'kapi_prod_',
      'kapi_prod',
      key.slice(0, -1),
      `${key}x`,
      `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`,
      key.toUpperCase(),
      key.replace('prod', 'test'),
      key.replace('prod', 'live'),
      key.replace('kapi', 'sk'),
      `kapi_prod_${random.slice(1)}-`,
      `kapi_prod_${'0'.repeat(32)}`,
      `kapi_prod_${' '.repeat(32)}`,
      `kapi_prod_${random}%00`,
      `Bearer ${key}`,
      `"${key}"`,
      'x'.repeat(8_000),
      "' or 1=1 --",
    ];
    // without the right to read the keys, only what needs no read can be answered
    await database.query('revoke select on api_keys from kindly_runtime');
    try {
      const answers = await Promise.all(malformed.map((text) => use(text)));
      const distinct = new Set(
        answers.map(({ status, body }) => JSON.stringify({ ...body, status, request_id: null })),
      );
      expect(distinct.size).toBe(1);
      expect(answers[0]).toMatchObject({ status: 401, body: { code: 'AUTH_004' } });
      const unknown = generateApiKey('prod');
      expect((await use(unknown)).status).toBe(500);
    } finally {
      await database.query('grant select on api_keys to kindly_runtime');
    }
  });
});

describe('the addresses of a key', () => {
  let home: MintedKey;
  let away: MintedKey;

  beforeAll(async () => {
    home = await newKey(person.client, { ip_whitelist: ['127.0.0.1', '::1'] });
    away = await newKey(person.client, { allowed_ips: ['203.0.113.0/24'], denied_ips: ['203.0.113.66'] });
  });

  it('admit the allowed ones and refuse the others with AUTH_005, which names the address', async () => {
    expect((await use(home.key)).status).toBe(200);
    const refused = await use(away.key);
    expect(refused).toMatchObject({ status: 403, body: { code: 'AUTH_005' } });
    expect(refused.body.detail).toContain('127.0.0.1');
  });

  it('let deny win', async () => {
    const key = await newKey(person.client, { allowed_ips: ['127.0.0.0/8'], denied_ips: ['127.0.0.1'] });
    expect(await use(key.key)).toMatchObject({ status: 403, body: { code: 'AUTH_005' } });
  });

  it.each([
    'x-forwarded-for',
    'x-real-ip',
    'forwarded',
    'true-client-ip',
    'cf-connecting-ip',
    'x-client-ip',
    'x-cluster-client-ip',
  ])('are not widened by a forged %s', async (header) => {
    const value = header === 'forwarded' ? 'for=203.0.113.7' : '203.0.113.7';
    expect(await use(away.key, { [header]: value })).toMatchObject({ status: 403, body: { code: 'AUTH_005' } });
    // behind a proxy only X-Forwarded-For is read, which the proxy writes
    const answer = await use(away.key, { [header]: value }, proxied);
    expect(answer.status).toBe(header === 'x-forwarded-for' ? 200 : 403);
  });

  it.each([
    ['203.0.113.7', 200],
    ['evil, 203.0.113.7', 200],
    ['198.51.100.9, 203.0.113.7', 200],
    ['203.0.113.7, 198.51.100.9', 403],
    ['203.0.113.7, evil', 403],
    ['203.0.113.7, 127.0.0.1', 200],
    ['::ffff:203.0.113.7', 200],
    ['203.0.113.66', 403],
    ['203.0.113.7:443', 403],
    ['', 403],
  ])('behind a trusted proxy are judged by the right-most untrusted hop of %j', async (forwardedFor, status) => {
    expect((await use(away.key, { 'x-forwarded-for': forwardedFor }, proxied)).status).toBe(status);
  });
});

describe('a key that demands signatures', () => {
  it('is refused unsigned, also with a signature that nobody has verified', async () => {
    const key = await newKey(person.client, { require_signature: true });
    expect(await use(key.key)).toMatchObject({ status: 401, body: { code: 'AUTH_011' } });
    const forged = {
      'x-timestamp': String(Math.floor(Date.now() / 1000)),
      'x-nonce': '0'.repeat(32),
      'x-signature': '0'.repeat(64),
    };
    expect(await use(key.key, forged)).toMatchObject({ status: 401, body: { code: 'AUTH_011' } });
  });
});

describe('the last use of a key', () => {
  it('is shown with its address soon afterwards, and refused requests are no use', async () => {
    const key = await newKey(person.client, { allowed_ips: ['203.0.113.0/24'] });
    await use(key.key);
    await use(key.key, { 'x-forwarded-for': '203.0.113.9' }, proxied);
    const lastUse = () => person.client.get<{ last_used_at: string; last_used_ip: string }>(`/api/keys/${key.id}`);
    await until(async () => (await lastUse()).body.last_used_ip === '203.0.113.9', 15_000);
    const { body } = await lastUse();
    expect(Math.abs(Date.parse(body.last_used_at) - Date.now())).toBeLessThan(20_000);
    const usage = await database.query('select requests::int from credential_usage where credential_id = $1', [key.id]);
    expect(usage).toEqual([{ requests: 1 }]);
  });
});
