import type { EntitySchema } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { MIGRATIONS } from './migrations/index.js';

/** The role under which every request runs: it can read and write rows, and has no DDL. */
export const RUNTIME_ROLE = 'kindly_runtime';

/** Table in which the applied migrations stand. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** What an entity list holds: the schemas that `defineEntity` returns. */
export type EntityList = readonly EntitySchema[];

interface OrmSettings {
  readonly url: string;
  readonly entities: EntityList;
  readonly poolSize: number;
  /** `runtime` gives up DDL on every connection; `owner` is for migrations. */
  readonly role: 'runtime' | 'owner';
}

/** MikroORM options of a connection. The unit of work is forked per use case; there is no global context. */
export function ormOptions({ url, entities, poolSize, role }: OrmSettings): Options {
  return defineConfig({
    dbName: decodeURIComponent(new URL(url).pathname.slice(1)),
    entities: [...entities],
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000 },
    driverOptions: {
      // the driver's own parser understands ?host=/socket/directory, MikroORM's does not
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      ...(role === 'runtime' && {
        onConnect: (client: pg.Client) => client.query(`set role ${RUNTIME_ROLE}`),
      }),
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
    // tables of other tools are not ours to touch; those of the audit trail are partitioned, and written in SQL
    schemaGenerator: { ignoreSchema: ['pgboss', 'audit'], disableForeignKeys: false },
    forceUtcTimezone: true,
    debug: false,
    logger: () => undefined,
  });
}
