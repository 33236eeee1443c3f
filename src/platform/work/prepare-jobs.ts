import type { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { RUNTIME_ROLE } from '../database/orm-options.js';

/** The schema that pg-boss keeps its tables in. */
export const JOBS_SCHEMA = 'pgboss';

/**
 * Brings the tables of the job queue up to date, as the owner of the database, and opens them to the runtime role for
 * rows and for nothing else. The caller holds the lock of the migrations.
 */
export async function prepareJobs(owner: Client): Promise<void> {
  const boss = new PgBoss({
    schema: JOBS_SCHEMA,
    db: { executeSql: (text, values) => owner.query(text, values) },
    supervise: false,
    schedule: false,
  });
  await boss.start();
  await boss.stop({ graceful: false });
  await owner.query(`
    grant usage on schema ${JOBS_SCHEMA} to ${RUNTIME_ROLE};
    grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to ${RUNTIME_ROLE};
    grant usage on all sequences in schema ${JOBS_SCHEMA} to ${RUNTIME_ROLE}`);
}
