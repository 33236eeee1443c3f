import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import type { Page } from '../../support/pages.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const DAY_MS = 86_400_000;
const NOTHING = {
  key_life_days_max: null,
  prod_keys_need_ip_list: false,
  forbid_wildcards: false,
  keys_per_user_max: null,
  step_up_before_minting: false,
  administrators_need_mfa: false,
};
let database: TestDatabase;
let server: TestServer;
let administrator: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  administrator = await newAdministrator(database, server.url);
}, 60_000);

afterEach(() => demand(NOTHING));

afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function demand(changes: Record<string, unknown>) {
  return expectStatus(await administrator.client.patch('/api/admin/policy', changes), 200).body as unknown;
}

async function fieldsOfRefusal(person: Person, key: Record<string, unknown>): Promise<string[]> {
  const { body } = expectStatus(await person.client.post('/api/keys', { name: 'x', ...key }), 400);
  expect(body.code).toBe('REQ_001');
  return (body.errors ?? []).map(({ field }) => field);
}

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}

describe('updatePolicy 200', () => {
  it('changes what is named, leaves the rest, and is on record with before and after', async () => {
    expect(await demand({ key_life_days_max: 30 })).toEqual({ ...NOTHING, key_life_days_max: 30 });
    expect(await demand({ forbid_wildcards: true })).toEqual({
      ...NOTHING,
      key_life_days_max: 30,
      forbid_wildcards: true,
    });
    expect((await administrator.client.get('/api/admin/policy')).body).toMatchObject({ key_life_days_max: 30 });
    const [row] = await database.query<{ data: unknown }>(
      "select data from audit.events where type = 'admin.policy_changed' order by id desc limit 1",
    );
    expect(row?.data).toMatchObject({ before: { forbid_wildcards: false }, after: { forbid_wildcards: true } });
  });

  it('holds for minting, changing and rotating, and names the terms', async () => {
    const person = await newPerson(server.url);
    const old = await newKey(person.client);
    await demand({ key_life_days_max: 30, prod_keys_need_ip_list: true, forbid_wildcards: true });
    expect(await fieldsOfRefusal(person, {})).toEqual(['expires_at', 'allowed_ips', 'permissions']);
    expect(await fieldsOfRefusal(person, { environment: 'dev', permissions: ['read:keys'] })).toEqual(['expires_at']);
    const allowed = await newKey(person.client, {
      expires_at: inDays(29),
      allowed_ips: ['127.0.0.1'],
      permissions: ['read:keys'],
    });
    for (const change of [
      { expires_at: null },
      { expires_at: inDays(31) },
      { allowed_ips: null },
      { permissions: ['*'] },
    ]) {
      expect(await person.client.patch(`/api/keys/${allowed.id}`, change)).toMatchObject({ status: 400 });
    }
    expectStatus(await person.client.patch(`/api/keys/${old.id}`, { name: 'Renamed' }), 200);
    expect(await person.client.post(`/api/keys/${old.id}/rotate`)).toMatchObject({ status: 400 });
    const [row] = await database.query('select successor_id, name from api_keys where id = $1', [old.id]);
    expect(row).toEqual({ successor_id: null, name: 'Renamed' });
  });

  it('counts live keys only, and parallel requests together', async () => {
    const person = await newPerson(server.url);
    const ended = await newKey(person.client);
    expectStatus(await person.client.delete(`/api/keys/${ended.id}`), 204);
    await demand({ keys_per_user_max: 2 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => person.client.post('/api/keys', { name: 'One of eight' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      201,
      ...Array.from({ length: 6 }, () => 409),
    ]);
  });

  it('counts keys that live again: revived ones, and those released from quarantine', async () => {
    const person = await newPerson(server.url);
    const [expired, quarantined] = [await newKey(person.client), await newKey(person.client)];
    await database.query("update api_keys set expires_at = now() - interval '1 hour' where id = $1", [expired.id]);
    await database.query('update api_keys set quarantined_at = now() where id = $1', [quarantined.id]);
    await demand({ keys_per_user_max: 1 });
    const live = await newKey(person.client);
    const revive = () => person.client.patch(`/api/keys/${expired.id}`, { expires_at: null });
    const release = () => person.client.post(`/api/keys/${quarantined.id}/release`);
    for (const again of [revive, release]) {
      expect(await again()).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
      expectStatus(await person.client.patch(`/api/keys/${live.id}`, { permissions: ['read:keys'] }), 200);
    }
    expectStatus(await person.client.delete(`/api/keys/${live.id}`), 204);
    expect([(await release()).status, (await revive()).status]).toEqual([200, 409]);
    await demand({ keys_per_user_max: null, prod_keys_need_ip_list: true });
    await database.query('update api_keys set quarantined_at = now() where id = $1', [quarantined.id]);
    expect(await release()).toMatchObject({ status: 400, body: { errors: [{ field: 'allowed_ips' }] } });
    await demand({ prod_keys_need_ip_list: false });
  });

  it('demands a fresh second factor of sessions that mint, at once', async () => {
    const person = await newPerson(server.url);
    await demand({ step_up_before_minting: true });
    expect(await person.client.post('/api/keys', { name: 'x' })).toMatchObject({
      status: 401,
      body: { code: 'AUTH_006' },
    });
    await demand({ step_up_before_minting: false });
    await newKey(person.client);
  });
});

const NEEDS_MFA = { status: 401, body: { code: 'AUTH_006' } };

describe('administrators_need_mfa', () => {
  it('cannot be demanded by who has none, and then closes administration to the others', async () => {
    expect(await administrator.client.patch('/api/admin/policy', { administrators_need_mfa: true })).toMatchObject({
      status: 409,
      body: { code: 'REQ_006' },
    });
    await database.query(
      `insert into access_policies (id, administrators_need_mfa) values ('installation', true)
       on conflict (id) do update set administrators_need_mfa = true`,
    );
    for (const path of ['policy', 'users', 'keys']) {
      expect(await administrator.client.get(`/api/admin/${path}`)).toMatchObject(NEEDS_MFA);
    }
    await database.query('update access_policies set administrators_need_mfa = false');
  });

  it('closes every other way to what is not one’s own, whatever the credential, and nothing of one’s own', async () => {
    const other = await newPerson(server.url);
    const theirs = await newKey(other.client);
    const own = await newKey(administrator.client, {
      permissions: ['read:audit', 'admin:audit', 'verify:keys', 'admin:keys', 'admin:users'],
    });
    const refused = expectStatus(await other.client.get('/api/admin/users'), 403);
    await database.query('update access_policies set administrators_need_mfa = true');
    for (const client of [administrator.client, administrator.client.with({ apiKey: own.key })]) {
      for (const path of [
        '/api/audit/events',
        `/api/audit/events?owner_id=${other.id}`,
        '/api/audit/events.csv',
        '/api/audit/verify',
        `/api/admin/users/${other.id}`,
      ]) {
        expect(await client.get(path)).toMatchObject(NEEDS_MFA);
      }
      expect(await client.post('/api/keys/verify', { key: theirs.key })).toMatchObject(NEEDS_MFA);
      expect(await client.post(`/api/admin/users/${other.id}/revoke-keys`, { reason: 'none' })).toMatchObject(
        NEEDS_MFA,
      );
      const decision = await client.get(`/api/audit/decisions/${refused.headers.get('x-request-id')}`);
      expect(decision.status).toBe(404);
      expectStatus(await client.get(`/api/audit/events?owner_id=${administrator.id}`), 200);
      expect(await client.post('/api/keys/verify', { key: own.key })).toMatchObject({ body: { valid: true } });
    }
    expect((await other.client.get(`/api/keys/${theirs.id}`)).body).toMatchObject({ status: 'active' });
    await database.query('update access_policies set administrators_need_mfa = false');
  });
});

describe('listPolicyViolations 200', () => {
  it('lists the live keys that are not in order, each with its faults, and no other', async () => {
    const person = await newPerson(server.url);
    const wild = await newKey(person.client, { environment: 'dev', expires_at: inDays(10) });
    const endless = await newKey(person.client, { permissions: ['read:keys'], allowed_ips: ['127.0.0.1'] });
    const orderly = await newKey(person.client, {
      permissions: ['read:keys'],
      allowed_ips: ['127.0.0.1'],
      expires_at: inDays(10),
    });
    const ended = await newKey(person.client);
    expectStatus(await person.client.delete(`/api/keys/${ended.id}`), 204);
    await demand({ key_life_days_max: 30, prod_keys_need_ip_list: true, forbid_wildcards: true });
    const { body } = await administrator.client.get<
      Page<{ key: { id: string; owner_id: string }; errors: { field: string }[] }>
    >('/api/admin/policy/violations?limit=100');
    const faults = new Map(body.data.map(({ key, errors }) => [key.id, errors.map(({ field }) => field)]));
    expect(faults.get(wild.id)).toEqual(['permissions']);
    expect(faults.get(endless.id)).toEqual(['expires_at']);
    expect([faults.has(orderly.id), faults.has(ended.id)]).toEqual([false, false]);
    await demand({ ...NOTHING, keys_per_user_max: 2 });
    const crowded = await administrator.client.get<typeof body>('/api/admin/policy/violations?limit=100');
    expect(crowded.body.data.filter(({ key }) => key.owner_id === person.id)).toHaveLength(3);
    await demand(NOTHING);
    expect((await administrator.client.get<typeof body>('/api/admin/policy/violations')).body.data).toEqual([]);
  });

  it('lists keys of owners who have too many also where there are thousands of such owners', async () => {
    const person = await newPerson(server.url);
    const keys = [await newKey(person.client), await newKey(person.client)];
    const single = await newPerson(server.url);
    await newKey(single.client);
    const prefix = 'ffffffff-0000-7000-8000-';
    await database.query(
      `insert into users (id, email, email_key, name, password_hash, created_at)
       select ($1 || lpad(n::text, 12, '0'))::uuid, n || '@crowd.example', n || '@crowd.example', 'One of many', '-', now()
         from generate_series(1, 1100) as n`,
      [prefix],
    );
    await database.query(
      `insert into api_keys (id, owner_id, name, environment, digest, hint, api_secret_sealed, permissions, quota_counter_id, created_at)
       select ('00000000-0000-7000-8000-' || lpad(k::text, 12, '0'))::uuid, ($1 || lpad((1 + k % 1100)::text, 12, '0'))::uuid,
              'One of many', 'dev', sha256(convert_to('crowd ' || k, 'UTF8')), 'kapi_dev_…0000', '-', '{*}', gen_random_uuid(), now()
         from generate_series(1, 2200) as k`,
      [prefix],
    );
    await demand({ keys_per_user_max: 1 });
    const { body } = await administrator.client.get<
      Page<{ key: { id: string; owner_id: string }; errors: { field: string }[] }>
    >('/api/admin/policy/violations?limit=100');
    const owners = new Map(body.data.map(({ key, errors }) => [key.owner_id, errors.map(({ field }) => field)]));
    expect(body.data.slice(0, 2).map(({ key }) => key.id)).toEqual(keys.map(({ id }) => id).toReversed());
    expect(owners.get(person.id)).toEqual(['owner_id']);
    expect(owners.has(single.id)).toBe(false);
    await demand(NOTHING);
    await database.query("delete from users where email like '%@crowd.example'");
  });

  it('goes on from page to page over all rules at once, each key once, and none of those that have ended', async () => {
    const person = await newPerson(server.url);
    const keys = [];
    for (const fields of [{}, { expires_at: inDays(60) }, { permissions: ['read:keys'] }, { environment: 'test' }]) {
      keys.push(await newKey(person.client, fields));
    }
    const expired = await newKey(person.client);
    await database.query('update api_keys set expires_at = created_at where id = $1', [expired.id]);
    await demand({ key_life_days_max: 30, prod_keys_need_ip_list: true, forbid_wildcards: true, keys_per_user_max: 3 });
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 100; pages += 1) {
      const path = `/api/admin/policy/violations?limit=2${cursor}`;
      const { body } = expectStatus(
        await administrator.client.get<
          Page<{ key: { id: string; owner_id: string } }> & { next_cursor: string | null }
        >(path),
        200,
      );
      seen.push(
        ...body.data
          .map(({ key }) => key)
          .filter((key) => key.owner_id === person.id)
          .map(({ id }) => id),
      );
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual(keys.map(({ id }) => id).toReversed());
  });
});

describe('listAllApiKeys', () => {
  it('finds a key by each thing that an administrator may know of it, and nobody else’s', async () => {
    const [person, neighbour] = [await newPerson(server.url), await newPerson(server.url)];
    const key = await newKey(person.client, { name: 'Zürich Gateway 100% new_one' });
    await newKey(neighbour.client, { name: 'Zurich 100 newXone' });
    const idsOf = async (q: string) => {
      const path = `/api/admin/keys?limit=100&q=${encodeURIComponent(q)}`;
      const { body } = expectStatus(await administrator.client.get<Page<{ id: string }>>(path), 200);
      return body.data.map(({ id }) => id);
    };
    for (const q of [
      'rich gate',
      'ZÜRICH',
      '0% n',
      'new_one',
      'zü',
      'ga',
      key.key.slice(-4),
      key.hint,
      key.id,
      key.id.toUpperCase(),
      person.id,
      person.email,
      person.email.toUpperCase(),
    ]) {
      expect({ q, ids: await idsOf(q) }).toEqual({ q, ids: [key.id] });
    }
    for (const q of ['no such name', 'zr', 'x_one', key.key.slice(-5), person.email.slice(1), crypto.randomUUID()]) {
      expect({ q, ids: await idsOf(q) }).toEqual({ q, ids: [] });
    }
  });

  it('pages through what a search finds, newest first', async () => {
    const person = await newPerson(server.url);
    const names = ['Paged one', 'Paged two', 'Paged three'];
    for (const name of names) await newKey(person.client, { name });
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 4; pages += 1) {
      const path = `/api/admin/keys?limit=1&q=paged${cursor}`;
      const { body } = expectStatus(
        await administrator.client.get<Page<{ name: string }> & { next_cursor: string | null }>(path),
        200,
      );
      seen.push(...body.data.map(({ name }) => name));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual(names.toReversed());
  });
});

describe('listAllApiKeys and revokeAnyApiKey', () => {
  it('find and end keys of anybody; the owner learns of it', async () => {
    const person = await newPerson(server.url);
    const key = await newKey(person.client, { name: 'Found by its name' });
    const found = await administrator.client.get<Page<{ id: string; owner_id: string }>>(
      `/api/admin/keys?owner_id=${person.id}&q=by+its`,
    );
    expect(found.body.data).toMatchObject([{ id: key.id, owner_id: person.id }]);
    expect(found.text).not.toContain(key.key);
    const revoke = () => administrator.client.post(`/api/admin/keys/${key.id}/revoke`, { reason: 'Found in a log' });
    expectStatus(await revoke(), 204);
    expectStatus(await revoke(), 204);
    expect((await person.client.with({ apiKey: key.key }).get('/api/compression/stats')).status).toBe(401);
    const events = await database.query(
      "select data from outbox_events where owner_id = $1 and type = 'api_key.revoked'",
      [person.id],
    );
    expect(events).toMatchObject([{ data: { key_id: key.id, by: 'administrator', reason: 'Found in a log' } }]);
    const nobody = '018cf2b8-3c00-7000-8000-000000000000';
    expect(await administrator.client.post(`/api/admin/keys/${nobody}/revoke`, { reason: 'None' })).toMatchObject({
      status: 404,
    });
  });
});
