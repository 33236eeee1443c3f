import { join } from 'node:path';
import { Client } from 'pg';
import type { Config } from '../config/index.js';
import { startEmbeddedPostgres } from './embedded/index.js';

/** Name of the database in the embedded PostgreSQL. */
const EMBEDDED_DATABASE = 'kindly';

/** Where the process finds its database: one connection string for requests, one for the owner of the tables. */
export interface DatabaseConnections {
  readonly runtimeUrl: string;
  /** Connects straight to the primary, for LISTEN. */
  readonly listenUrl: string;
  /** Connects as the role that owns the tables and runs migrations. */
  readonly ownerUrl: string;
  /** One line for the banner; holds no password. */
  readonly description: string;
  /** Stops the embedded PostgreSQL, if this process runs it. */
  close(): Promise<void>;
}

/** Opens the configured database, or starts the embedded PostgreSQL under the data directory. */
export async function openDatabaseConnections(config: Config): Promise<DatabaseConnections> {
  if (config.databaseUrl === null) return openEmbedded(config.dataDirectory);
  return {
    runtimeUrl: config.databaseUrl,
    listenUrl: config.databaseListenUrl ?? config.databaseUrl,
    ownerUrl: config.databaseMigrationUrl ?? config.databaseUrl,
    description: withoutPassword(config.databaseUrl),
    close: () => Promise.resolve(),
  };
}

async function openEmbedded(dataDirectory: string): Promise<DatabaseConnections> {
  const server = await startEmbeddedPostgres({ directory: join(dataDirectory, 'postgres') });
  const urlFor = (role: string, database: string): string =>
    `postgresql://${role}@localhost:${server.port}/${database}?host=${encodeURIComponent(server.host)}`;
  try {
    await ensureEmbeddedDatabase(urlFor(server.user, 'postgres'));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    runtimeUrl: urlFor('kindly_app', EMBEDDED_DATABASE),
    listenUrl: urlFor('kindly_app', EMBEDDED_DATABASE),
    ownerUrl: urlFor('kindly_owner', EMBEDDED_DATABASE),
    description: `embedded PostgreSQL in ${server.dataDirectory}`,
    close: () => server.stop(),
  };
}

/** Creates the two login roles and the database; a second process that does the same at once does no harm. */
async function ensureEmbeddedDatabase(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('kindly.setup'))");
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [EMBEDDED_DATABASE]);
    if (rows.length > 0) return;
    await client.query(`
      do $$ begin
        if not exists (select from pg_roles where rolname = 'kindly_owner') then create role kindly_owner login; end if;
        if not exists (select from pg_roles where rolname = 'kindly_app') then create role kindly_app login; end if;
        if not exists (select from pg_roles where rolname = 'kindly_runtime') then create role kindly_runtime nologin; end if;
        grant kindly_runtime to kindly_app, kindly_owner;
      end $$`);
    await client.query(`create database ${EMBEDDED_DATABASE} owner kindly_owner`);
  } finally {
    await client.end();
  }
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = '';
  parsed.search = '';
  return parsed.toString();
}
