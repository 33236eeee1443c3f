import { join } from 'node:path';
import { Client } from 'pg';
import type { Config } from '../config/index.js';
import type { Log } from '../log/index.js';
import { awaitDatabase } from './await-database.js';
import { type EmbeddedPostgres, type ServerWatch, startEmbeddedPostgres } from './embedded/index.js';
import { withoutPassword } from './without-password.js';

/** Name of the database in the embedded PostgreSQL. */
export const EMBEDDED_DATABASE = 'kindly';

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

/** Who hears of what happens to the database. */
export interface DatabaseObserver {
  readonly log: Log;
  /** The embedded PostgreSQL has ended and does not come back: the process is to end as well. */
  readonly lost: (reason: Error) => void;
}

/**
 * Waits for the configured database, or starts the embedded PostgreSQL under the data directory.
 * @throws DatabaseStartError, EmbeddedPostgresError
 */
export async function openDatabaseConnections(
  config: Config,
  observer: DatabaseObserver,
): Promise<DatabaseConnections> {
  const { databaseUrl, databaseMigrationUrl, databaseListenUrl, databaseStartTimeoutSeconds: waitSeconds } = config;
  if (databaseUrl === null) return openEmbedded(config.dataDirectory, observer);
  const targets = [{ setting: 'DATABASE_URL', url: databaseUrl }];
  if (databaseMigrationUrl) targets.push({ setting: 'DATABASE_MIGRATION_URL', url: databaseMigrationUrl });
  for (const target of targets) await awaitDatabase(target, waitSeconds, observer.log);
  return {
    runtimeUrl: databaseUrl,
    listenUrl: databaseListenUrl ?? databaseUrl,
    ownerUrl: databaseMigrationUrl ?? databaseUrl,
    description: withoutPassword(databaseUrl),
    close: () => Promise.resolve(),
  };
}

/** Where the embedded PostgreSQL of a data directory of the application has its own. */
export function embeddedDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'postgres');
}

/** The connection string of a role and a database of the embedded PostgreSQL. */
export function embeddedUrl({ host, port }: EmbeddedPostgres, role: string, database: string): string {
  return `postgresql://${role}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

async function openEmbedded(dataDirectory: string, observer: DatabaseObserver): Promise<DatabaseConnections> {
  const server = await startEmbeddedPostgres({ directory: embeddedDirectory(dataDirectory), watch: watchOf(observer) });
  const urlFor = (role: string, database: string): string => embeddedUrl(server, role, database);
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

function watchOf({ log, lost }: DatabaseObserver): ServerWatch {
  return {
    lost: (reason, attempt, pauseMs) =>
      log.error({ reason: reason.message, attempt, pause_ms: pauseMs }, 'the embedded PostgreSQL has ended'),
    restored: () => log.info('the embedded PostgreSQL runs again'),
    givenUp: lost,
  };
}
