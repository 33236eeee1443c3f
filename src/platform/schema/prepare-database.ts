import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { codeOf } from '../../kernel/errors/code-of.js';
import { prepareAuditPartitions } from '../audit/index.js';
import { DatabaseStartError, type EntityList, MIGRATIONS_TABLE, ormOptions, RUNTIME_ROLE } from '../database/index.js';
import { MIGRATIONS } from '../database/migrations/index.js';
import { prepareJobs } from '../work/index.js';

/** Code of PostgreSQL for a missing privilege. */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Brings the schema up to date as the owner of the tables: the runtime role and its rights, then pending migrations,
 * then the partitions of the coming months. Safe to run from several processes at once.
 * @returns the names of the migrations that were applied
 * @throws DatabaseStartError when a newer release has migrated the database, which then stays as it is
 */
export async function prepareDatabase(ownerUrl: string, entities: EntityList): Promise<string[]> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('kindly.migrate'))");
    const known = await appliedMigrations(client);
    refuseNewer(known);
    const isPending = MIGRATIONS.some(({ name }) => !known.has(name));
    const applied = isPending ? await migrateTables(client, ownerUrl, entities) : [];
    await prepareJobs(client, ownerUrl);
    await prepareAuditPartitions(client, Date.now());
    return applied;
  } finally {
    await client.end();
  }
}

async function migrateTables(client: Client, ownerUrl: string, entities: EntityList): Promise<string[]> {
  await ensureRuntimeRole(client);
  return applyMigrations(ownerUrl, entities);
}

async function appliedMigrations(client: Client): Promise<Set<string>> {
  const table = await client.query('select to_regclass($1) is not null as "exists"', [MIGRATIONS_TABLE]);
  if (!table.rows[0].exists) return new Set();
  const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE}`);
  return new Set(rows.map(({ name }) => name));
}

/** This release may not understand, or may even damage, what a newer one has made of the tables. */
function refuseNewer(applied: ReadonlySet<string>): void {
  const known = new Set<string>(MIGRATIONS.map(({ name }) => name));
  const unknown = [...applied].filter((name) => !known.has(name)).toSorted();
  if (unknown.length === 0) return;
  throw new DatabaseStartError(
    `The database has been migrated by a newer release of Kindly API: this one does not know ${unknown.join(', ')}. ` +
      'Start that release, or restore the backup that was made before it.',
  );
}

/** Tables that the owner makes from now on are open to the runtime role for rows, and for nothing else. */
async function ensureRuntimeRole(client: Client): Promise<void> {
  if (!(await mayActAsRuntimeRole(client))) await createRuntimeRole(client);
  await client.query(`
    grant usage on schema public to ${RUNTIME_ROLE};
    alter default privileges in schema public grant select, insert, update, delete on tables to ${RUNTIME_ROLE};
    alter default privileges in schema public grant usage on sequences to ${RUNTIME_ROLE}`);
}

/** Tried rather than looked up: what membership allows differs between versions of PostgreSQL. */
async function mayActAsRuntimeRole(client: Client): Promise<boolean> {
  try {
    await client.query(`set role ${RUNTIME_ROLE}`);
    await client.query('reset role');
    return true;
  } catch {
    return false;
  }
}

async function createRuntimeRole(client: Client): Promise<void> {
  try {
    await client.query(`
      do $$ begin
        if not exists (select from pg_roles where rolname = '${RUNTIME_ROLE}') then create role ${RUNTIME_ROLE} nologin; end if;
        grant ${RUNTIME_ROLE} to current_user;
      end $$`);
  } catch (error) {
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new DatabaseStartError(
      `The owner of the database may not create roles. Let a superuser run once: ` +
        `CREATE ROLE ${RUNTIME_ROLE} NOLOGIN; GRANT ${RUNTIME_ROLE} TO <the roles of DATABASE_URL and DATABASE_MIGRATION_URL>`,
      { cause: error },
    );
  }
}

async function applyMigrations(ownerUrl: string, entities: EntityList): Promise<string[]> {
  const orm = await MikroORM.init(ormOptions({ url: ownerUrl, entities, poolSize: 2 }));
  try {
    const applied = await orm.migrator.up();
    return applied.map(({ name }) => name);
  } finally {
    await orm.close(true);
  }
}
