import type pg from 'pg';

/**
 * Takes connections that die in somebody's hands out of the pool. Who holds one in a transaction does not give it back
 * then: Kysely releases it after `commit` or `rollback`, which both fail on a dead connection, and after a `begin` that
 * failed not at all. Each restart of the server would leave the pool smaller, until it is empty.
 */
export function releaseDeadConnections(pool: pg.Pool): void {
  const lent = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => lent.add(client));
  pool.on('release', (_error, client) => lent.delete(client));
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (!lent.has(client)) return;
      const release = client.release.bind(client);
      // whoever does give it back has nothing left to give
      client.release = () => undefined;
      release(new Error('the connection has ended'));
    });
  });
}
