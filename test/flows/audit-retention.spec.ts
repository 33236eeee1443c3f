import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chained } from '../support/audit.ts';
import { runCommand } from '../support/cli.ts';
import { Client } from 'pg';
import { createDatabase, runSql, type TestDatabase, urlFor } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { newKey, newPerson } from '../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { world } from '../support/world.ts';

// What an installation no longer keeps is deleted by the owner of the tables. Afterwards the trail begins later, and a
// check must tell that from a trail whose beginning somebody has cut off.

const YEAR_MS = 366 * 86_400_000;
const WRITE_ROW = `insert into audit.events (id, occurred_at, type, data) values (gen_random_uuid(), now(), 'test.row', '{}')`;
const directory = temporaryDirectory();
let database: TestDatabase;
let environment: Record<string, string>;
let server: TestServer;
let partition: string;

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
  partition = await makePartition(now);
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

/** The partition of a month long ago, as the start of a server made it then. */
async function makePartition(now: number): Promise<string> {
  const date = new Date(now);
  const [from, to] = [0, 1].map((later) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)));
  const name = `events_${from?.getUTCFullYear()}_${String((from?.getUTCMonth() ?? 0) + 1).padStart(2, '0')}`;
  await runSql(
    database.ownerUrl,
    `create table audit.${name} partition of audit.events
       for values from ('${from?.toISOString()}') to ('${to?.toISOString()}')`,
  );
  return name;
}

/** Whether somebody waits for a table of the trail to be free of readers and writers. */
async function isWaitedFor(): Promise<boolean> {
  const waiting = await database.query("select 1 from pg_locks where mode = 'AccessExclusiveLock' and not granted");
  return waiting.length > 0;
}

function lengths() {
  return database.query<{ events: number; first: number }>(
    `select (select count(*) from audit.events)::int as events, (select min(sequence) from audit.chain)::int as first`,
  );
}

it('deletes nothing while the trail is damaged: what was done to it could not be found out any more', async () => {
  await database.query(
    "update audit.events set type = 'x.y' where id = (select event_id from audit.chain where sequence = 2)",
  );
  const { exitCode, output } = await runCommand(['audit', 'prune'], environment);
  expect(output).toContain('damaged');
  expect(exitCode).toBe(1);
  expect(await lengths()).toEqual([{ events: 9, first: 1 }]);
  expect(await database.query("select 1 from audit.heads where kind = 'floor'")).toEqual([]);
  await database.query(
    "update audit.events set type = 'api_key.created' where id = (select event_id from audit.chain where sequence = 2)",
  );
});

it('deletes the months that have passed their time, and the trail that is left verifies', async () => {
  expect(await lengths()).toEqual([{ events: 9, first: 1 }]);
  const reader = new Client({ connectionString: urlFor(world().superuserUrl, 'postgres', database.name) });
  await reader.connect();
  await reader.query('begin; select count(*) from audit.events');
  const pruning = runCommand(['audit', 'prune'], environment);
  await eventually(() => isWaitedFor(), 30_000);
  // it waits for the reader, and nobody waits for it
  await runSql(database.runtimeUrl, `set statement_timeout = '4s'; set role kindly_runtime; ${WRITE_ROW}`);
  await reader.end();
  const pruned = await pruning;
  expect(pruned.output).toContain(`deleted: ${partition}`);
  expect(pruned.exitCode).toBe(0);
  await database.query("delete from audit.events where type = 'test.row'");
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
