import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { keyStatus } from '../support/key-status.ts';
import { newKey, newPerson } from '../support/people.ts';
import { findPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const executable = findPgBouncer();
const describeWherePossible = executable === undefined ? describe.skip : describe;

// A pooler in transaction mode accepts LISTEN, then gives the session that listens to somebody else: nothing fails,
// and no invalidation arrives.
describeWherePossible('listening through PgBouncer in transaction mode (where pgbouncer is installed)', () => {
  let database: TestDatabase;
  let proxy: PostgresProxy;
  let pooler: PgBouncer;
  let server: TestServer;

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await startPostgresProxy(database.runtimeUrl);
    pooler = await startPgBouncer(executable ?? '', proxy.through(database.runtimeUrl));
    server = await startServer({
      DATABASE_URL: database.runtimeUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      DATABASE_LISTEN_URL: pooler.through(database.runtimeUrl),
    });
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await pooler?.stop();
    await proxy?.close();
    await database?.drop();
  });

  it('is recognised and reported, and no principal is ever taken from the cache', async () => {
    const person = await newPerson(server.url);
    await until(() => server.output().includes('a connection pooler stands before the server'), 5_000);
    for (let round = 0; round < 3; round += 1) {
      const key = await newKey(person.client);
      for (let request = 0; request < 5; request += 1) expect(await keyStatus(server, key)).toBe(200);
      await database.query('update api_keys set revoked_at = $2 where id = $1', [key.id, new Date()]);
      expect(await keyStatus(server, key)).toBe(401);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(server.output()).not.toContain('verified principals are cached');
  }, 20_000);
});
