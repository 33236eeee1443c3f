import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { JOBS_SCHEMA } from './jobs-schema.js';

/** Brings the tables of the job queue up to date at the connection string that the parent hands over in the environment. */
const owner = new Client({ connectionString: process.env.KINDLY_JOBS_OWNER_URL });
await owner.connect();
const boss = new PgBoss({
  schema: JOBS_SCHEMA,
  db: { executeSql: (text, values) => owner.query(text, values) },
  supervise: false,
  schedule: false,
});
await boss.start();
await boss.stop({ graceful: false });
await owner.end();
