import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as SqlClient } from 'pg';
import { type Answer, Client, type ProblemBody } from '../support/client.ts';
import { createDatabase, type TestDatabase, urlFor } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { newKey, newPerson, PASSWORD, type MintedKey, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/tcp-proxy.ts';
import { world } from '../support/world.ts';

const POOL_SIZE = 6;

// A cable that was pulled, a firewall that forgot: the connections look alive, and nobody ever hears of them again.
describe('connections to the database', () => {
  let database: TestDatabase;
  let proxy: PostgresProxy;
  let server: TestServer;
  let person: Person;
  let key: MintedKey;

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await startPostgresProxy(database.runtimeUrl);
    server = await startServer({
      DATABASE_URL: proxy.through(database.runtimeUrl),
      DATABASE_MIGRATION_URL: database.ownerUrl,
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      DATABASE_QUERY_TIMEOUT: '2',
    });
    person = await newPerson(server.url);
    key = await newKey(person.client);
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await proxy?.close();
    await database?.drop();
  });

  /** More requests than the pool has connections: reads, transactions, and the hot paths past the ORM. */
  function requests(): Promise<Answer<ProblemBody>[]> {
    const anonymous = new Client(server.url);
    return Promise.all(
      [0, 1, 2, 3].flatMap(() => [
        person.client.get('/api/keys'),
        person.client.post('/api/keys', { name: 'x' }),
        anonymous.post('/api/auth/login', { email: person.email, password: PASSWORD }),
        anonymous.with({ apiKey: key.key }).get('/api/compression/stats'),
      ]),
    );
  }

  /** Keeps others from changing the person's keys. */
  async function holdLock(): Promise<{ release(): Promise<void> }> {
    const holder = new SqlClient({ connectionString: urlFor(world().superuserUrl, 'postgres', database.name) });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from users where id = $1 for update', [person.id]);
    return { release: () => holder.end() };
  }

  it('are half open: requests end with 503 instead of hanging, and the same process serves again when the network does', async () => {
    // warm connections in the pool, so that it is they that stall
    expect((await requests()).map(({ status }) => status)).not.toContain(503);
    proxy.stall();
    for (let round = 0; round < 2; round += 1) {
      for (const { status, body, headers } of await requests()) {
        expect({ status, code: body.code }).toEqual({ status: 503, code: 'SRV_002' });
        expect(headers.get('retry-after')).toMatch(/^\d+$/);
      }
    }
    expect((await new Client(server.url).get('/health/live')).status).toBe(200);
    proxy.resume();
    await eventually(async () => (await requests()).every(({ status }) => status < 300), 30_000);
  }, 90_000);

  it('are half open: the locks of a transaction that was cut off are released, and its half is not kept', async () => {
    const holder = await holdLock();
    const cutOff = person.client.post('/api/keys', { name: 'cut off' });
    await eventually(async () => {
      const [row] = await database.query<{ waiting: boolean }>(
        "select exists (select from pg_locks where not granted and locktype in ('transactionid', 'tuple')) as waiting",
      );
      return row?.waiting;
    });
    proxy.stall();
    // now the server gives it the lock, and waits for a client that will not come
    await holder.release();
    expect((await cutOff).status).toBe(503);
    proxy.resume();
    await eventually(
      async () => (await person.client.post('/api/keys', { name: 'afterwards' })).status === 201,
      30_000,
    );
    const kept = await database.query("select 1 from api_keys where name = 'cut off'");
    expect(kept).toHaveLength(0);
  }, 90_000);

  it('survive a statement that takes too long, which is refused in the same way', async () => {
    const holder = await holdLock();
    const { status, body } = await person.client.post('/api/keys', { name: 'waited too long' });
    await holder.release();
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'SRV_002' });
    expect((await person.client.post('/api/keys', { name: 'waited' })).status).toBe(201);
  }, 30_000);

  it('give their place in the pool back when they die in a transaction, however often', async () => {
    for (let death = 0; death < POOL_SIZE + 2; death += 1) {
      const holder = await holdLock();
      const doomed = person.client.post('/api/keys', { name: 'doomed' });
      await eventually(async () => {
        const [row] = await database.query<{ ended: number }>(
          "select count(*) filter (where pg_terminate_backend(pid))::int as ended from pg_locks where not granted and locktype = 'transactionid'",
        );
        return row?.ended === 1;
      });
      expect((await doomed).status).toBe(503);
      await holder.release();
    }
    expect((await person.client.post('/api/keys', { name: 'afterwards' })).status).toBe(201);
    expect(await database.query("select 1 from api_keys where name = 'doomed'")).toHaveLength(0);
  }, 60_000);
});
