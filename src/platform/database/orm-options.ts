import type { EntitySchema } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { MIGRATIONS } from './migrations/index.js';
import { releaseDeadConnections } from './release-dead-connections.js';

/** Table in which the applied migrations stand. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** When the operating system starts to probe an idle connection, in milliseconds. */
export const KEEP_ALIVE_DELAY_MS = 10_000;

/** What an entity list holds: the schemas that `defineEntity` returns. */
export type EntityList = readonly EntitySchema[];

interface OrmSettings {
  readonly url: string;
  readonly entities: EntityList;
  readonly poolSize: number;
  /** Prepares each new connection; without it they have the rights of the URL's role and no limits, for migrations. */
  readonly beginSession?: (client: pg.Client) => Promise<void>;
}

/** MikroORM options of a connection. The unit of work is forked per use case; there is no global context. */
export function ormOptions({ url, entities, poolSize, beginSession }: OrmSettings): Options {
  return defineConfig({
    dbName: decodeURIComponent(new URL(url).pathname.slice(1)),
    entities: [...entities],
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000 },
    driverOptions: {
      // the driver's own parser understands ?host=/socket/directory, MikroORM's does not
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
      onPoolCreated: releaseDeadConnections,
      ...(beginSession && { onConnect: beginSession }),
    },
    extensions: [Migrator],
    migrations: {
      tableName: MIGRATIONS_TABLE,
      migrationsList: [...MIGRATIONS],
      path: 'dist/platform/database/migrations',
      pathTs: 'src/platform/database/migrations',
      snapshot: false,
      allOrNothing: true,
      disableForeignKeys: false,
    },
    // the tables of the audit trail are partitioned, and written in SQL
    schemaGenerator: { ignoreSchema: ['audit'], disableForeignKeys: false },
    forceUtcTimezone: true,
    debug: false,
    logger: () => undefined,
  });
}
