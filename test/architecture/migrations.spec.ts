import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, runSql, type TestDatabase } from '../support/database.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/schema-difference.mjs');
let database: TestDatabase;

/** Runs SQL as the application would. */
function asRuntime(sql: string): Promise<unknown> {
  return runSql(database.runtimeUrl, `set role kindly_runtime; ${sql}`);
}

/** The SQL that would make the database what the entities say. */
async function difference(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, database.ownerUrl]);
  return stdout.trim();
}

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

describe('the migrations', () => {
  it('make exactly the tables that the entities describe', async () => {
    expect(await difference()).toBe('');
  });

  it('would be found out if an entity had a column that they do not make', async () => {
    await database.query('alter table users drop column email_verified');
    expect(await difference()).toContain('email_verified');
  });
});

describe('the runtime role', () => {
  it('reads and writes rows but has no DDL', async () => {
    await expect(asRuntime('select count(*) from users')).resolves.toBeDefined();
    for (const ddl of [
      'create table planted (id int)',
      'drop table users',
      'alter table users add column planted int',
      'create index on users (name)',
      'truncate users',
      'create function planted() returns int language sql as $$ select 1 $$',
    ]) {
      await expect(asRuntime(ddl)).rejects.toThrow(/permission denied|must be owner/);
    }
  });
});
