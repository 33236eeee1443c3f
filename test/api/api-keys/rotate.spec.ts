import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

interface Progress {
  readonly status: string;
  readonly successor_id: string | null;
  readonly safe_to_revoke: boolean;
  readonly requests: number;
  readonly origins: readonly { ip: string | null; user_agent: string | null; requests: number; last_used_at: string }[];
}

const HOUR_MS = 3_600_000;
let database: TestDatabase;
let servers: [TestServer, TestServer];
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  const settings = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    TRUSTED_PROXIES: '127.0.0.1/32',
  };
  servers = await Promise.all([startServer(settings), startServer(settings)]);
  person = await newPerson(servers[0].url);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

async function rotate(key: MintedKey, body?: unknown): Promise<MintedKey> {
  return expectStatus(await person.client.post<MintedKey>(`/api/keys/${key.id}/rotate`, body), 201).body;
}

function use(key: MintedKey, headers: Record<string, string> = {}) {
  return new Client(servers[0].url, { 'x-api-key': key.key }).get('/api/compression/stats', { headers });
}

/** What both processes answer to a key. */
function onBoth(key: MintedKey): Promise<number[]> {
  return Promise.all(
    servers.map(
      async ({ url }) => (await new Client(url, { 'x-api-key': key.key }).get('/api/compression/stats')).status,
    ),
  );
}

async function get(
  key: MintedKey,
): Promise<MintedKey & { revoke_at: string; successor_id: string; rotation_due: boolean }> {
  return (await person.client.get<never>(`/api/keys/${key.id}`)).body;
}

async function progress(key: MintedKey): Promise<Progress> {
  return expectStatus(await person.client.get<Progress>(`/api/keys/${key.id}/rotation`), 200).body;
}

/** Moves the clocks of both servers. */
async function setClock(epochMs: number): Promise<void> {
  await Promise.all(servers.map((server) => server.setClock(epochMs)));
}

describe('rotateApiKey 201', () => {
  it('gives a key with the same terms and length of life, and the old one 24 hours', async () => {
    const now = Date.now();
    const terms = {
      environment: 'test',
      permissions: ['read:compression', 'read:keys'],
      allowed_ips: ['127.0.0.0/8'],
      denied_ips: ['127.0.0.2'],
      quota: { limit: 100, period: 'month' },
      require_signature: false,
      min_signature: 'rfc9421',
    };
    const old = await newKey(person.client, { ...terms, expires_at: new Date(now + 30 * 24 * HOUR_MS).toISOString() });
    await setClock(now + 240 * HOUR_MS);
    person = await loginAgain(person);
    const successor = await rotate(old);
    expect(successor).toMatchObject({ ...terms, name: 'A key', status: 'active', minted_by: null });
    expect(successor.key).not.toBe(old.key);
    expect(successor.api_secret).not.toBe(old.api_secret);
    expect(Math.abs(Date.parse(String(successor.expires_at)) - (now + (240 + 720) * HOUR_MS))).toBeLessThan(5_000);
    const shown = await get(old);
    expect(shown).toMatchObject({ status: 'rotating', successor_id: successor.id });
    expect(Math.abs(Date.parse(shown.revoke_at) - (now + 264 * HOUR_MS))).toBeLessThan(5_000);
    await setClock(Date.now());
    person = await loginAgain(person);
  });

  it('keeps both keys working until the deadline, to the second, on every process', async () => {
    const old = await newKey(person.client);
    const successor = await rotate(old, { grace_period_hours: 1 });
    const deadline = Date.parse((await get(old)).revoke_at);
    expect(await onBoth(old)).toEqual([200, 200]);
    await setClock(deadline - 900);
    expect(await onBoth(old)).toEqual([200, 200]);
    await setClock(deadline);
    expect(await onBoth(old)).toEqual([401, 401]);
    expect(await onBoth(successor)).toEqual([200, 200]);
    await setClock(Date.now());
  });

  it('with a grace of 0 ends the old key at once', async () => {
    const old = await newKey(person.client);
    const successor = await rotate(old, { grace_period_hours: 0 });
    expect((await use(old)).status).toBe(401);
    expect((await use(successor)).status).toBe(200);
    expect((await get(old)).status).toBe('revoked');
  });

  it('does not put off an end that was set before', async () => {
    const old = await newKey(person.client);
    await person.client.delete(`/api/keys/${old.id}?delay_hours=2`);
    const { revoke_at: end } = await get(old);
    await rotate(old, { grace_period_hours: 720 });
    expect((await get(old)).revoke_at).toBe(end);
  });

  it('does not refill the quota', async () => {
    const old = await newKey(person.client, { quota: { limit: 3, period: 'month' } });
    await use(old);
    await use(old);
    const successor = await rotate(old);
    expect((await use(successor)).status).toBe(200);
    expect(await use(successor)).toMatchObject({ status: 429, body: { code: 'AUTH_013' } });
    expect((await use(old)).status).toBe(429);
  });

  it('records the event, without a secret', async () => {
    const old = await newKey(person.client);
    const successor = await rotate(old);
    const events = await database.query<{ data: unknown }>(
      "select data from outbox_events where type = 'api_key.rotated' and data->>'key_id' = $1",
      [old.id],
    );
    const { revoke_at: revokeAt } = await get(old);
    expect(events).toEqual([
      { data: { key_id: old.id, name: 'A key', successor_id: successor.id, revoke_at: revokeAt } },
    ]);
  });
});

describe('rotateApiKey 409', () => {
  it('for a key that has a successor: 16 parallel rotations over two processes make one', async () => {
    const old = await newKey(person.client);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        person.client.at(servers[index % 2]?.url ?? '').post(`/api/keys/${old.id}/rotate`, {}),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(15);
    const successors = await database.query(
      "select id from outbox_events where type = 'api_key.rotated' and data->>'key_id' = $1",
      [old.id],
    );
    expect(successors).toHaveLength(1);
    expect(await person.client.post(`/api/keys/${old.id}/rotate`, {})).toMatchObject({
      status: 409,
      body: { code: 'REQ_006' },
    });
  });

  it.each(['revoked', 'expired', 'quarantined'])('for a key that is %s', async (status) => {
    const key = await newKey(person.client);
    const column = { revoked: 'revoked_at', expired: 'expires_at', quarantined: 'quarantined_at' }[status];
    await database.query(`update api_keys set ${column} = created_at where id = $1`, [key.id]);
    expect(await person.client.post(`/api/keys/${key.id}/rotate`, {})).toMatchObject({
      status: 409,
      body: { code: 'REQ_006' },
    });
  });
});

describe('rotateApiKey 400', () => {
  it.each([
    ['grace_period_hours', { grace_period_hours: 721 }],
    ['grace_period_hours', { grace_period_hours: -1 }],
    ['grace_period_hours', { grace_period_hours: 0.5 }],
    ['grace_period_hours', { grace_period_hours: '24' }],
    ['permissions', { permissions: ['*'] }],
    ['expires_at', { expires_at: null }],
  ])('names %s in %j', async (field, body) => {
    const key = await newKey(person.client);
    const answer = await person.client.post(`/api/keys/${key.id}/rotate`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
    expect((await get(key)).status).toBe('active');
  });
});

describe('getApiKeyRotation', () => {
  it('tells who still uses the old key, and that it is safe to revoke when nobody has for an hour', async () => {
    const old = await newKey(person.client);
    await use(old, { 'user-agent': 'before' });
    const successor = await rotate(old);
    for (const [ip, agent] of [
      ['203.0.113.1', 'billing/1.0'],
      ['203.0.113.1', 'billing/1.0'],
      ['203.0.113.2', 'billing/1.0'],
    ] as const) {
      await use(old, { 'x-forwarded-for': ip, 'user-agent': agent });
    }
    await use(successor, { 'user-agent': 'new' });
    const seen = await progress(old);
    expect(seen).toMatchObject({ status: 'rotating', successor_id: successor.id, safe_to_revoke: false, requests: 3 });
    const byIp = Object.fromEntries(seen.origins.map((origin) => [origin.ip, origin]));
    expect(byIp).toMatchObject({
      '203.0.113.1': { user_agent: 'billing/1.0', requests: 2 },
      '203.0.113.2': { user_agent: 'billing/1.0', requests: 1 },
    });
    await setClock(Date.now() + 0.9 * HOUR_MS);
    expect((await progress(old)).safe_to_revoke).toBe(false);
    await setClock(Date.now() + HOUR_MS + 1_000);
    person = await loginAgain(person);
    expect((await progress(old)).safe_to_revoke).toBe(true);
    await setClock(Date.now());
    person = await loginAgain(person);
  });

  it('keeps a hundred origins of a key and counts the others together', async () => {
    const old = await newKey(person.client);
    await rotate(old);
    for (let round = 0; round < 15; round++) {
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => use(old, { 'user-agent': `agent-${round * 10 + index}` })),
      );
    }
    const seen = await progress(old);
    expect(seen.requests).toBe(150);
    expect(seen.origins.length).toBeLessThanOrEqual(101);
    const rest = seen.origins.find(({ ip }) => ip === null);
    expect(rest).toMatchObject({ ip: null, user_agent: null, requests: 150 - (seen.origins.length - 1) });
  });

  it('is 404 for a key that is not on its way out', async () => {
    const key = await newKey(person.client);
    expect(await person.client.get(`/api/keys/${key.id}/rotation`)).toMatchObject({
      status: 404,
      body: { code: 'REQ_005' },
    });
  });
});

/** The same person with an access token of the present. */
async function loginAgain({ email, password, ...rest }: Person): Promise<Person> {
  const anonymous = new Client(servers[0].url);
  const { body } = expectStatus(await anonymous.post<Person['session']>('/api/auth/login', { email, password }), 200);
  return { ...rest, email, password, session: body, client: anonymous.with({ bearer: body.access_token }) };
}
