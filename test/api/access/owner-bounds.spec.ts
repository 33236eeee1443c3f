// Credentials without number make every list, cascade and count of an owner slow, and a leak hard to contain.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import type { Answer, Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { CLIENT_FIELDS } from '../../support/oauth.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const MOST = 3;
const PARALLEL = 20;

let database: TestDatabase;
let servers: [TestServer, TestServer];

beforeAll(async () => {
  database = await createDatabase();
  const environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    KEYS_PER_OWNER: String(MOST),
    SERVICE_ACCOUNTS_PER_OWNER: String(MOST),
    OAUTH_CLIENTS_PER_OWNER: String(MOST),
  };
  servers = await Promise.all([startServer(environment), startServer(environment, 'api')]);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

const KINDS = [
  { many: 'live API keys', path: '/api/keys', body: { name: 'One of many' } },
  {
    many: 'service accounts',
    path: '/api/service-accounts',
    body: { name: 'One of many', permissions: ['read:compression'] },
  },
  { many: 'OAuth clients', path: '/api/oauth/clients', body: CLIENT_FIELDS },
] as const;

const statuses = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

describe.each(KINDS)('$many of an owner', ({ many, path, body }) => {
  const create = (client: Client) => client.post<{ id: string; code: string; detail: string }>(path, body);

  it('are bounded, also when twenty are made at the same moment on two processes: 409 that names the bound', async () => {
    const [person, neighbour] = [await newPerson(servers[0].url), await newPerson(servers[0].url)];
    const made = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) => create(person.client.at(servers[index % 2 ? 0 : 1].url))),
    );
    expect(statuses(made)).toEqual([
      ...Array.from({ length: MOST }, () => 201),
      ...Array.from({ length: PARALLEL - MOST }, () => 409),
    ]);
    const refused = made.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'REQ_006', detail: expect.stringContaining(`${MOST} ${many}`) });
    const { body: page } = await person.client.get<{ data: unknown[] }>(`${path}?limit=100`);
    expect(page.data).toHaveLength(MOST);
    expect((await create(neighbour.client)).status).toBe(201);
  });

  it('make room as they end', async () => {
    const person = await newPerson(servers[0].url);
    const made = [];
    for (let count = 0; count < MOST; count += 1) made.push(expectStatus(await create(person.client), 201).body);
    expect((await create(person.client)).status).toBe(409);
    expectStatus(await person.client.delete(`${path}/${made[0]?.id}`), 204);
    expect((await create(person.client)).status).toBe(201);
    expect((await create(person.client)).status).toBe(409);
  });
});

describe('keys that come to live beside the others', () => {
  async function fullOwner(): Promise<{ person: Person; keys: string[] }> {
    const person = await newPerson(servers[0].url);
    const keys = [];
    for (let count = 0; count < MOST; count += 1) keys.push((await newKey(person.client)).id);
    return { person, keys };
  }

  it('count when they are revived or released', async () => {
    const { person, keys } = await fullOwner();
    await database.query('update api_keys set quarantined_at = now() where id = $1', [keys[0]]);
    await database.query("update api_keys set expires_at = now() - interval '1 hour' where id = $1", [keys[1]]);
    await newKey(person.client);
    await newKey(person.client);
    const release = await person.client.post(`/api/keys/${keys[0]}/release`);
    const revive = await person.client.patch(`/api/keys/${keys[1]}`, { expires_at: null });
    expect([release.body.code, revive.body.code]).toEqual(['REQ_006', 'REQ_006']);
  });

  // rotated again and again with a grace period, one key would become any number
  it('may be as many as are replaced, and no more', async () => {
    const { person, keys } = await fullOwner();
    const rotate = (id: string | undefined, grace = 24) =>
      person.client.post<{ id: string }>(`/api/keys/${id}/rotate`, { grace_period_hours: grace });
    let [newest] = keys;
    for (let count = 0; count < MOST; count += 1) newest = expectStatus(await rotate(newest), 201).body.id;
    expect(await rotate(newest)).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    expect((await person.client.get(`/api/keys/${newest}`)).body).toMatchObject({ status: 'active' });
    expect((await rotate(newest, 0)).status).toBe(201);
  });
});

describe('the policy about keys', () => {
  it('stands beside the bound: the lower of the two holds', async () => {
    const administrator = await newAdministrator(database, servers[0].url);
    expectStatus(await administrator.client.patch('/api/admin/policy', { keys_per_user_max: 1 }), 200);
    const person = await newPerson(servers[0].url);
    await newKey(person.client);
    expect((await person.client.post('/api/keys', { name: 'x' })).body.code).toBe('REQ_006');
    expectStatus(await administrator.client.patch('/api/admin/policy', { keys_per_user_max: 50 }), 200);
    for (let count = 1; count < MOST; count += 1) await newKey(person.client);
    expect((await person.client.post('/api/keys', { name: 'x' })).body.code).toBe('REQ_006');
    expectStatus(await administrator.client.patch('/api/admin/policy', { keys_per_user_max: null }), 200);
  });
});
