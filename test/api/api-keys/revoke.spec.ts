import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';

const HOUR_MS = 3_600_000;
let database: TestDatabase;
let server: TestServer;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  person = await newPerson(server.url);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function statusOf(id: string): Promise<string> {
  return (await person.client.get<MintedKey>(`/api/keys/${id}`)).body.status;
}

function use(key: MintedKey) {
  return person.client.with({ apiKey: key.key }).get('/api/compression/stats');
}

function mintBy(parent: MintedKey): Promise<MintedKey> {
  return newKey(person.client.with({ apiKey: parent.key }));
}

function eventsOf(id: string) {
  return database.query<{ type: string; data: Record<string, unknown> }>(
    "select type, data from outbox_events where data->>'key_id' = $1 and type <> 'api_key.created' order by sequence",
    [id],
  );
}

/** How many days before its expiry each notice of a key was given. */
async function noticesOf(id: string): Promise<unknown[]> {
  return (await eventsOf(id)).map(({ data }) => data.days_left);
}

describe('revokeApiKey 204', () => {
  it('ends a key at once, and says the same the second time without a second event', async () => {
    const key = await newKey(person.client);
    expect((await use(key)).status).toBe(200);
    expectStatus(await person.client.delete(`/api/keys/${key.id}`), 204);
    expect(await use(key)).toMatchObject({ status: 401, body: { code: 'AUTH_004' } });
    const [row] = await database.query('select revoked_at from api_keys where id = $1', [key.id]);
    expectStatus(await person.client.delete(`/api/keys/${key.id}`), 204);
    expectStatus(await person.client.delete(`/api/keys/${key.id}?delay_hours=5`), 204);
    expect(await database.query('select revoked_at from api_keys where id = $1', [key.id])).toEqual([row]);
    expect(await eventsOf(key.id)).toEqual([
      { type: 'api_key.revoked', data: { key_id: key.id, name: 'A key', cascade_from: null } },
    ]);
    expect(await statusOf(key.id)).toBe('revoked');
  });

  it('with delay_hours ends it at that second, which is shown beforehand, and records the end when it has come', async () => {
    const key = await newKey(person.client);
    const start = await server.advanceClock(0);
    expectStatus(await person.client.delete(`/api/keys/${key.id}?delay_hours=24`), 204);
    const { body } = await person.client.get<{ revoke_at: string; status: string; revoked_at: null }>(
      `/api/keys/${key.id}`,
    );
    const end = Date.parse(body.revoke_at);
    expect(body).toMatchObject({ status: 'scheduled', revoked_at: null });
    expect(Math.abs(end - (start + 24 * HOUR_MS))).toBeLessThan(2_000);
    await server.setClock(end - 900);
    expect((await use(key)).status).toBe(200);
    await server.setClock(end);
    expect(await use(key)).toMatchObject({ status: 401, body: { code: 'AUTH_004' } });
    await until(async () => (await eventsOf(key.id)).length === 2, 15_000);
    expect(await eventsOf(key.id)).toEqual([
      { type: 'api_key.updated', data: { key_id: key.id, name: 'A key', changed: ['revoke_at'] } },
      { type: 'api_key.revoked', data: { key_id: key.id, name: 'A key', cascade_from: null } },
    ]);
    await server.setClock(Date.now());
    expect(await person.client.get(`/api/keys/${key.id}`)).toMatchObject({
      body: { status: 'revoked', revoke_at: null, revoked_at: body.revoke_at },
    });
  }, 20_000);

  it('never puts an end off: the earlier one stands', async () => {
    const key = await newKey(person.client);
    const endOf = async () => (await person.client.get<{ revoke_at: string }>(`/api/keys/${key.id}`)).body.revoke_at;
    await person.client.delete(`/api/keys/${key.id}?delay_hours=10`);
    const first = await endOf();
    await person.client.delete(`/api/keys/${key.id}?delay_hours=20`);
    expect(await endOf()).toBe(first);
    await person.client.delete(`/api/keys/${key.id}?delay_hours=5`);
    expect(Date.parse(await endOf())).toBeLessThan(Date.parse(first));
    await person.client.delete(`/api/keys/${key.id}`);
    expect(await statusOf(key.id)).toBe('revoked');
  });

  it('with cascade=true ends all that the key minted, all that those minted, and nothing else', async () => {
    const minting = { permissions: ['*', 'write:keys'] };
    const [root, bystander] = await Promise.all([newKey(person.client, minting), newKey(person.client, minting)]);
    const [child, sibling] = [await mintBy(root), await mintBy(root)];
    const grandchild = await mintBy(child);
    const stranger = await mintBy(bystander);
    // a link of the chain that has ended already does not hide what it minted
    await person.client.delete(`/api/keys/${child.id}`);
    expect(await statusOf(grandchild.id)).toBe('active');

    expectStatus(await person.client.delete(`/api/keys/${root.id}?cascade=true`), 204);
    for (const key of [root, child, sibling, grandchild]) {
      expect(await use(key)).toMatchObject({ status: 401, body: { code: 'AUTH_004' } });
    }
    for (const key of [bystander, stranger]) expect((await use(key)).status).toBe(200);
    expect((await eventsOf(grandchild.id)).map(({ data }) => data.cascade_from)).toEqual([root.id]);
  });

  it('without cascade leaves what the key minted alone', async () => {
    const root = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    const child = await mintBy(root);
    await person.client.delete(`/api/keys/${root.id}?cascade=false`);
    expect((await use(child)).status).toBe(200);
  });

  it('with both schedules the whole family', async () => {
    const root = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    const child = await mintBy(root);
    await person.client.delete(`/api/keys/${root.id}?cascade=true&delay_hours=2`);
    expect([await statusOf(root.id), await statusOf(child.id)]).toEqual(['scheduled', 'scheduled']);
  });

  it('reaches the successor that a minted key made of itself', async () => {
    const root = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    const child = await newKey(person.client.with({ apiKey: root.key }));
    const { body: successor } = await person.client.post<MintedKey>(`/api/keys/${child.id}/rotate`, {});
    await person.client.delete(`/api/keys/${root.id}?cascade=true`);
    expect((await use(successor)).status).toBe(401);
  });

  it('lets no key slip through that is minted at the same moment', async () => {
    const root = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    const asRoot = person.client.with({ apiKey: root.key });
    const mints = Array.from({ length: 8 }, () => asRoot.post('/api/keys', { name: 'Racing' }));
    const revocation = person.client.delete(`/api/keys/${root.id}?cascade=true`);
    const answers = await Promise.all([...mints, revocation]);
    expect(answers.at(-1)?.status).toBe(204);
    for (const { status } of answers.slice(0, -1)) expect([201, 401]).toContain(status);
    const alive = await database.query(
      'select id from api_keys where (minted_by = $1 or id = $1) and revoked_at is null',
      [root.id],
    );
    expect(alive).toEqual([]);
  });
});

describe('revokeApiKey 400', () => {
  it.each([
    ['delay_hours', '?delay_hours=721'],
    ['delay_hours', '?delay_hours=-1'],
    ['delay_hours', '?delay_hours=1.5'],
    ['delay_hours', '?delay_hours='],
    ['delay_hours', '?delay_hours=1&delay_hours=0'],
    ['cascade', '?cascade=yes'],
    ['delay_hour', '?delay_hour=24'],
    ['force', '?force=true'],
  ])('names %s in %s, and the key works on', async (field, query) => {
    const key = await newKey(person.client);
    const { status, body } = await person.client.delete(`/api/keys/${key.id}${query}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
    expect((await use(key)).status).toBe(200);
  });
});

describe('a key that is about to expire', () => {
  it('is announced 30, 14, 7 and 1 days before, once each, if it lives longer than that', async () => {
    const now = await server.advanceClock(0);
    const day = 24 * HOUR_MS;
    const end = new Date(now + 40 * day).toISOString();
    const [long, short] = await Promise.all([
      newKey(person.client, { expires_at: end }),
      newKey(person.client, { expires_at: new Date(now + 10 * day).toISOString() }),
    ]);
    for (const [days, expected] of [
      [4, [7]],
      [20, [7]],
    ] as const) {
      await server.setClock(now + days * day);
      await until(async () => (await noticesOf(short.id)).length === expected.length, 15_000);
      expect(await noticesOf(short.id)).toEqual(expected);
    }
    await until(async () => (await noticesOf(long.id)).length === 1, 15_000);
    await server.setClock(now + 39.5 * day);
    await until(async () => (await noticesOf(long.id)).length === 2, 15_000);
    expect(await noticesOf(long.id)).toEqual([30, 1]);
    await server.setClock(Date.now());
  }, 40_000);
});

describe('a change of a key whose event cannot be recorded', () => {
  it('does not happen either', async () => {
    const key = await newKey(person.client);
    const everything = () => database.query('select * from api_keys where owner_id = $1 order by id', [person.id]);
    const before = await everything();
    await database.query('revoke insert on outbox_events from kindly_runtime');
    try {
      const answers = await Promise.all([
        person.client.post('/api/keys', { name: 'Lost' }),
        person.client.patch(`/api/keys/${key.id}`, { name: 'Lost' }),
        person.client.post(`/api/keys/${key.id}/rotate`, {}),
        person.client.delete(`/api/keys/${key.id}`),
        person.client.delete(`/api/keys/${key.id}?delay_hours=1`),
      ]);
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 500, body: { code: 'SRV_001' } });
        expect(answer.text).not.toMatch(/kapi_|ksec_|outbox|permission denied/);
      }
    } finally {
      await database.query('grant insert on outbox_events to kindly_runtime');
    }
    expect(await everything()).toEqual(before);
    expect((await use(key)).status).toBe(200);
  });
});
