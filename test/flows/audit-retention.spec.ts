import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chained } from '../support/audit.ts';
import { runCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newKey, newPerson } from '../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// What an installation no longer keeps is deleted by the owner of the tables. Afterwards the trail begins later, and a
// check must tell that from a trail whose beginning somebody has cut off.

const YEAR_MS = 366 * 86_400_000;
const directory = temporaryDirectory();
let database: TestDatabase;
let environment: Record<string, string>;
let server: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  environment = {
    ...TEST_SECRETS,
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    KINDLY_DATA_DIR: directory,
    AUDIT_RETENTION_MONTHS: '6',
  };
  server = await startServer(environment);
  const now = await server.setClock(Date.now() - YEAR_MS);
  const person = await newPerson(server.url);
  for (let count = 0; count < 3; count += 1) await newKey(person.client);
  await chained(database);
  await server.setClock(now + YEAR_MS);
  const later = await newPerson(server.url);
  for (let count = 0; count < 4; count += 1) await newKey(later.client);
  await chained(database);
  await server.stop();
}, 60_000);

afterAll(() => database.drop());

function lengths() {
  return database.query<{ events: number; first: number }>(
    `select (select count(*) from audit.events)::int as events, (select min(sequence) from audit.chain)::int as first`,
  );
}

it('deletes the months that have passed their time, and the trail that is left verifies', async () => {
  expect(await lengths()).toEqual([{ events: 9, first: 1 }]);
  expect((await runCommand(['audit', 'prune'], environment)).exitCode).toBe(0);
  expect(await lengths()).toEqual([{ events: 5, first: 5 }]);
  const { exitCode, output } = await runCommand(['audit', 'verify'], environment);
  expect(output).toContain('intact: 5 rows, head 9 ');
  expect(exitCode).toBe(0);
});

it('changes nothing the second time', async () => {
  expect((await runCommand(['audit', 'prune'], environment)).exitCode).toBe(0);
  expect(await lengths()).toEqual([{ events: 5, first: 5 }]);
});

it('is no way to cut off more: the next rows are missed', async () => {
  await database.query('delete from audit.events where id in (select event_id from audit.chain where sequence = 5)');
  await database.query('delete from audit.chain where sequence = 5');
  const { exitCode, output } = await runCommand(['audit', 'verify'], environment);
  expect(output).toContain('damaged (deleted): row 5');
  expect(exitCode).toBe(1);
});
