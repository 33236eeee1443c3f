import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { keyStatus } from '../support/key-status.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

/** How long an invalidation that gets lost may go unnoticed, in milliseconds. */
const TRUST_WINDOW_MS = 2_000;

// A cached principal is a right that somebody may already have lost. Two processes share a database: the near one
// speaks to it directly, the far one through a proxy that can disturb the connection on which it learns of changes.
describe('a verified principal in the cache of another process', () => {
  let database: TestDatabase;
  let proxy: PostgresProxy;
  let near: TestServer;
  let far: TestServer;
  let person: Person;

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await startPostgresProxy(database.runtimeUrl);
    [near, far] = await Promise.all([
      startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl }),
      startServer({ DATABASE_URL: proxy.through(database.runtimeUrl), DATABASE_MIGRATION_URL: database.ownerUrl }),
    ]);
    person = await newPerson(near.url);
  }, 60_000);

  afterEach(() => proxy.disturbListener('none'));

  afterAll(async () => {
    await Promise.all([near?.stop(), far?.stop()]);
    await proxy?.close();
    await database?.drop();
  });

  /** Whether the far process answered so many requests with the key without asking the database. */
  async function isWarm(key: MintedKey, requests = 1): Promise<boolean> {
    const before = proxy.lookups();
    for (let request = 0; request < requests; request += 1) expect(await keyStatus(far, key)).toBe(200);
    return proxy.lookups() === before;
  }

  /** A key that the far process has in its trusted cache. */
  async function warmKey(): Promise<MintedKey> {
    const key = await newKey(person.client);
    await until(() => isWarm(key), 15_000);
    return key;
  }

  async function revoke(key: MintedKey): Promise<void> {
    expectStatus(await person.client.delete(`/api/keys/${key.id}`), 204);
  }

  /** Ends a key behind the application's back: nobody is told. */
  async function revokeSilently(key: MintedKey): Promise<void> {
    await database.query('update api_keys set revoked_at = $2 where id = $1', [key.id, new Date()]);
  }

  describe('while invalidations arrive', () => {
    it('is used: requests ask the database for nothing, so a change that nobody announces goes unseen', async () => {
      const key = await warmKey();
      await until(() => isWarm(key, 20), 15_000);
      await until(async () => {
        const unannounced = await warmKey();
        await revokeSilently(unannounced);
        return (await keyStatus(far, unannounced)) === 200;
      }, 15_000);
    }, 60_000);

    it('is refused once its change is announced, whoever announces it', async () => {
      const key = await warmKey();
      await revokeSilently(key);
      await database.query(`select pg_notify('kindly_invalidation', $1)`, [`key:${key.id}`]);
      await until(async () => (await keyStatus(far, key)) === 401, 1_000);
    }, 30_000);

    it('is refused by the process that revoked it from the very answer on', async () => {
      for (let round = 0; round < 10; round += 1) {
        const key = await newKey(person.client);
        expect(await keyStatus(near, key)).toBe(200);
        expect(await keyStatus(near, key)).toBe(200);
        await revoke(key);
        expect(await keyStatus(near, key)).toBe(401);
      }
    });

    it('loses every credential of an owner, and nobody else loses one', async () => {
      const other = await newPerson(near.url);
      const [key, bystander] = [await newKey(other.client), await warmKey()];
      const session = other.client.at(far.url);
      expect(await keyStatus(far, key)).toBe(200);
      expectStatus(await session.get('/api/keys'), 200);
      await database.query('update users set disabled_at = $2 where id = $1', [other.id, new Date()]);
      await database.query(`select pg_notify('kindly_invalidation', $1)`, [`owner:${other.id}`]);
      await until(async () => (await keyStatus(far, key)) === 401, 1_000);
      const { body } = expectStatus(await session.get('/api/keys'), 401);
      expect(body.code).toBe('AUTH_002');
      expect(await isWarm(bystander)).toBe(true);
    });

    it('ends with its credential, however warm', async () => {
      const end = new Date(Date.now() + 3_600_000).toISOString();
      const key = await newKey(person.client, { expires_at: end });
      await until(() => isWarm(key), 5_000);
      await far.advanceClock(3_600_001);
      try {
        expect(await keyStatus(far, key)).toBe(401);
      } finally {
        await far.advanceClock(-3_600_001);
      }
    });

    it('comes from one credential header, even if each of two is known', async () => {
      const key = await warmKey();
      const both = new Client(far.url, {
        'x-api-key': key.key,
        authorization: `Bearer ${person.session.access_token}`,
      });
      const { body } = expectStatus(await both.get('/api/keys'), 400);
      expect(body.code).toBe('AUTH_014');
    });
  });

  describe('once invalidations may be missed', () => {
    it('is not used from the moment the connection is cut, and everything is verified anew when it is back', async () => {
      const [silent, revoked, live] = [await warmKey(), await warmKey(), await warmKey()];
      await revokeSilently(silent);
      proxy.disturbListener('cut');
      await until(async () => !(await isWarm(live)), 1_000);
      expect(await keyStatus(far, silent)).toBe(401);
      await revoke(revoked);
      expect(await keyStatus(far, revoked)).toBe(401);
      proxy.disturbListener('none');
      await until(() => isWarm(live), 15_000);
      expect([await keyStatus(far, silent), await keyStatus(far, revoked)]).toEqual([401, 401]);
    }, 30_000);

    it('is refused by the process that revoked it from the very answer on, though it hears of nothing', async () => {
      const key = await warmKey();
      proxy.disturbListener('lossy');
      expectStatus(await person.client.at(far.url).delete(`/api/keys/${key.id}`), 204);
      expect(await keyStatus(far, key)).toBe(401);
    }, 30_000);

    it('outlives a revocation by no more than two seconds when the connection falls silent', async () => {
      const [key, live] = [await warmKey(), await warmKey()];
      proxy.disturbListener('silent');
      await revoke(key);
      await until(async () => (await keyStatus(far, key)) === 401, TRUST_WINDOW_MS + 500);
      expect(await isWarm(live)).toBe(false);
    }, 30_000);

    it('is refused at once after a half-open connection was noticed, and trusted again after it healed', async () => {
      const [first, second, live] = [await warmKey(), await warmKey(), await warmKey()];
      proxy.disturbListener('silent');
      await until(async () => !(await isWarm(live)), TRUST_WINDOW_MS + 1_000);
      for (const key of [first, second]) {
        await revoke(key);
        expect(await keyStatus(far, key)).toBe(401);
      }
      proxy.disturbListener('none');
      await until(() => isWarm(live), 20_000);
      expect([await keyStatus(far, first), await keyStatus(far, second)]).toEqual([401, 401]);
    }, 40_000);

    it('is verified anew once heartbeats return, because what kept them away may have kept a revocation', async () => {
      const [key, live] = [await warmKey(), await warmKey()];
      proxy.disturbListener('lossy');
      await revoke(key);
      await until(async () => !(await isWarm(live)), TRUST_WINDOW_MS + 1_000);
      proxy.disturbListener('none');
      await until(() => isWarm(live), 5_000);
      expect(await keyStatus(far, key)).toBe(401);
    }, 30_000);

    it('is not used while heartbeats and invalidations come three seconds late', async () => {
      const [key, live] = [await warmKey(), await warmKey()];
      proxy.disturbListener({ delayMs: 3_000 });
      await until(async () => !(await isWarm(live)), TRUST_WINDOW_MS + 1_000);
      await revoke(key);
      expect(await keyStatus(far, key)).toBe(401);
      expect(await isWarm(live)).toBe(false);
    }, 30_000);
  });
});
