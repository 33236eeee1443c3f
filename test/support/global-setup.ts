import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, runSql, TEMPLATE_DATABASE, urlFor } from './database.ts';
import { keepForTeardown } from './global-state.ts';
import { startServer, TEST_SECRETS } from './server.ts';
import { publishWorld } from './world.ts';

const DIST = join(import.meta.dirname, '../../dist');

/** Tests end processes, not the machine: what the operating system has been given is safe without waiting for the disk. */
const FAST_SETTINGS = ['fsync=off', 'full_page_writes=off', 'max_connections=300', 'max_wal_size=1GB'];

/** Starts PostgreSQL, makes the template database with the application's own command, and the two shared servers. */
export default async function globalSetup(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-test-'));
  const { startEmbeddedPostgres } = (await import(
    join(DIST, 'platform/database/embedded/index.js')
  )) as typeof import('../../src/platform/database/embedded/index.ts');
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), settings: FAST_SETTINGS });
  const superuserUrl = `postgresql://${postgres.user}@localhost:${postgres.port}/postgres?host=${encodeURIComponent(postgres.host)}`;
  await runSql(
    superuserUrl,
    'create role kindly_owner login; create role kindly_app login; create role kindly_runtime nologin; ' +
      'grant kindly_runtime to kindly_app, kindly_owner',
  );
  await runSql(superuserUrl, `create database ${TEMPLATE_DATABASE} owner kindly_owner`);
  execFileSync(process.execPath, [join(DIST, 'cli.js'), 'migrate'], {
    env: {
      PATH: process.env.PATH,
      ...TEST_SECRETS,
      DATABASE_URL: urlFor(superuserUrl, 'kindly_app', TEMPLATE_DATABASE),
      DATABASE_MIGRATION_URL: urlFor(superuserUrl, 'kindly_owner', TEMPLATE_DATABASE),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const database = await createDatabase(superuserUrl);
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  const servers = await Promise.all([startServer(environment), startServer(environment)]);
  publishWorld({
    superuserUrl,
    servers: [servers[0].url, servers[1].url],
    sharedDatabase: database.name,
  });
  keepForTeardown({ directory, postgres, servers });
}
