import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { codeOf } from '../../kernel/errors/code-of.js';
import { prepareAuditPartitions } from '../audit/index.js';
import { MIGRATIONS } from '../database/migrations/index.js';
import { prepareJobs } from '../work/index.js';
import { type EntityList, MIGRATIONS_TABLE, ormOptions, RUNTIME_ROLE } from '../database/index.js';

/** Code of PostgreSQL for a missing privilege. */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Brings the schema up to date as the owner of the tables: the runtime role and its rights, then pending migrations,
 * then the partitions of the coming months. Safe to run from several processes at once. @returns the names of the migrations that were applied
 */
export async function prepareDatabase(ownerUrl: string, entities: EntityList): Promise<string[]> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('kindly.migrate'))");
    const applied = (await isPending(client)) ? await migrateTables(client, ownerUrl, entities) : [];
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

async function isPending(client: Client): Promise<boolean> {
  const table = await client.query('select to_regclass($1) is not null as "exists"', [MIGRATIONS_TABLE]);
  if (!table.rows[0].exists) return true;
  const { rows } = await client.query(`select name from ${MIGRATIONS_TABLE}`);
  const applied = new Set(rows.map((row: { name: string }) => row.name));
  return MIGRATIONS.some(({ name }) => !applied.has(name));
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
    throw new Error(
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
