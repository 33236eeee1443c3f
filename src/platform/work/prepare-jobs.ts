import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import { RUNTIME_ROLE } from '../database/index.js';
import { JOBS_SCHEMA } from './jobs-schema.js';

const CHILD = fileURLToPath(new URL('./prepare-jobs.child.js', import.meta.url));

/**
 * Brings the tables of the job queue up to date, as the owner of the database, and opens them to the runtime role for
 * rows and for nothing else. The caller holds the lock of the migrations. It runs in a process of its own, and only when
 * something is to be done: the migrations of pg-boss would stay in memory for as long as this process lives.
 */
export async function prepareJobs(owner: Client, ownerUrl: string): Promise<void> {
  if ((await installedVersion(owner)) === packagedVersion()) return;
  await promisify(execFile)(process.execPath, [CHILD], { env: { KINDLY_JOBS_OWNER_URL: ownerUrl } });
  await owner.query(`
    grant usage on schema ${JOBS_SCHEMA} to ${RUNTIME_ROLE};
    grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to ${RUNTIME_ROLE};
    grant usage on all sequences in schema ${JOBS_SCHEMA} to ${RUNTIME_ROLE}`);
}

async function installedVersion(owner: Client): Promise<number | null> {
  const { rows } = await owner.query<{ exists: boolean }>('select to_regclass($1) is not null as "exists"', [
    `${JOBS_SCHEMA}.version`,
  ]);
  if (!rows[0]?.exists) return null;
  const installed = await owner.query<{ version: number }>(`select version from ${JOBS_SCHEMA}.version`);
  return installed.rows[0]?.version ?? null;
}

function packagedVersion(): number {
  const { pgboss } = createRequire(import.meta.url)('pg-boss/package.json') as { pgboss: { schema: number } };
  return pgboss.schema;
}
