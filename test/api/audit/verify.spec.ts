import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import { chained, type Verdict } from '../../support/audit.ts';
import { runCommand } from '../../support/cli.ts';
import { createDatabase, runSql, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../../support/server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MINUTE_MS = 60_000;
const dataDirectory = temporaryDirectory();
let database: TestDatabase;
let server: TestServer;
let environment: Record<string, string>;
let administrator: Person;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    KINDLY_DATA_DIR: dataDirectory,
  };
  server = await startServer(environment);
  administrator = await newAdministrator(database, server.url);
  person = await newPerson(server.url);
  // more than nine rows: sequences are numbers, not texts
  for (let count = 0; count < 12; count += 1) await newKey(person.client);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** What a superuser does behind our back; undone after each test. */
const undone: string[] = [];

async function tamper(sql: string, undo: string): Promise<void> {
  undone.unshift(undo);
  await database.query(sql);
}

afterEach(async () => {
  for (const sql of undone.splice(0)) await database.query(sql);
});

async function verdict(): Promise<Verdict> {
  return expectStatus(await administrator.client.get<Verdict>('/api/audit/verify'), 200).body;
}

async function rowAt(sequence: number): Promise<string> {
  const [row] = await database.query<{ event_id: string }>('select event_id from audit.chain where sequence = $1', [
    sequence,
  ]);
  return row?.event_id ?? '';
}

/** Moves rows away, so that they can be put back. */
async function takeAway(table: string, where: string): Promise<void> {
  await database.query(`create table public.kept as select * from ${table} where ${where}`);
  await tamper(
    `delete from ${table} where ${where}`,
    `insert into ${table} select * from public.kept; drop table public.kept`,
  );
}

async function signed(): Promise<number> {
  await server.advanceClock(MINUTE_MS + 1_000);
  await newKey(person.client);
  const length = await chained(database);
  return eventually(async () => {
    const [row] = await database.query<{ last: number }>('select max(sequence)::int as last from audit.heads');
    return row && row.last === length ? row.last : null;
  });
}

describe('verifyAuditTrail 200', () => {
  it('finds nothing wrong with rows that nobody has touched, waiting ones included', async () => {
    const length = await chained(database);
    const found = await verdict();
    expect(found).toMatchObject({ valid: true, first_bad: null });
    expect(found.checked).toBeGreaterThanOrEqual(length);
    expect(found.head).toMatchObject({ sequence: found.checked });
  });

  it('names an edited row, whatever of it was edited', async () => {
    await chained(database);
    const id = await rowAt(3);
    for (const [column, value] of [
      ['type', `'api_key.other'`],
      ['ip', `'192.0.2.1'`],
      ['data', `data || '{"planted": 1}'`],
      ['owner_id', 'null'],
    ]) {
      const [before] = await database.query<{ old: unknown }>(
        `select ${column} as old from audit.events where id = $1`,
        [id],
      );
      await database.query(`update audit.events set ${column} = ${value} where id = $1`, [id]);
      expect(await verdict()).toMatchObject({
        valid: false,
        checked: 2,
        first_bad: { fault: 'edited', sequence: 3, event_id: id },
      });
      await database.query(`update audit.events set ${column} = $2 where id = $1`, [id, before?.old]);
    }
    expect(await verdict()).toMatchObject({ valid: true });
  });

  it('names a deleted row, with its link or without', async () => {
    await chained(database);
    const id = await rowAt(4);
    await takeAway('audit.events', `id = '${id}'`);
    expect(await verdict()).toMatchObject({ first_bad: { fault: 'deleted', sequence: 4, event_id: id } });
    await database.query(`create table public.link as select * from audit.chain where sequence = 4`);
    await tamper(
      'delete from audit.chain where sequence = 4',
      'insert into audit.chain select * from public.link; drop table public.link',
    );
    expect(await verdict()).toMatchObject({ first_bad: { fault: 'deleted', sequence: 4, event_id: null } });
  });

  it('names an inserted row, also one that claims to wait for its turn', async () => {
    await chained(database);
    const id = '018cf2b8-3c00-7000-8000-000000000001';
    await tamper(
      `insert into audit.events (id, occurred_at, type, data) values ('${id}', '2024-01-08', 'api_key.revoked', '{}')`,
      `delete from audit.events where id = '${id}'`,
    );
    expect(await verdict()).toMatchObject({
      valid: false,
      first_bad: { fault: 'inserted', sequence: null, event_id: id },
    });
    await database.query(
      `insert into audit.pending (event_id, occurred_at, key_id, tag)
       select '${id}', '2024-01-08', key_id, tag from (values ('00000000', decode('00', 'hex'))) as v(key_id, tag)`,
    );
    expect(await verdict()).toMatchObject({ first_bad: { fault: 'inserted', event_id: id } });
    const [link] = await database.query('select 1 from audit.chain where event_id = $1', [id]);
    expect(link).toBeUndefined();
    await database.query('delete from audit.pending where event_id = $1', [id]);
  });

  it('is not held up by a row that somebody has put in line a second time', async () => {
    // the rows that wait are gone within a second, so they are copied as they come
    await tamper(
      `create table public.waited (like audit.pending);
       create function public.copy_pending() returns trigger language plpgsql security definer as
         $$ begin insert into public.waited values (new.*); return new; end $$;
       create trigger copy_pending after insert on audit.pending for each row execute function public.copy_pending()`,
      'drop trigger copy_pending on audit.pending; drop function public.copy_pending; drop table public.waited',
    );
    await newKey(person.client);
    const before = await chained(database);
    await database.query('drop trigger copy_pending on audit.pending');
    undone[0] = 'drop function public.copy_pending; drop table public.waited';
    await database.query('insert into audit.pending select * from public.waited');
    await newKey(person.client);
    expect(await chained(database)).toBe(before + 1);
    expect(await verdict()).toMatchObject({ valid: true });
  });

  it('names the place where the end was cut off, by the signed head', async () => {
    const last = await signed();
    await takeAway('audit.events', `id in (select event_id from audit.chain where sequence > ${last - 2})`);
    await database.query(`create table public.links as select * from audit.chain where sequence > ${last - 2}`);
    await tamper(
      `delete from audit.chain where sequence > ${last - 2}`,
      `delete from audit.chain where sequence > ${last - 2};
       insert into audit.chain select * from public.links; drop table public.links`,
    );
    expect(await verdict()).toMatchObject({
      valid: false,
      first_bad: { fault: 'truncated', sequence: last - 1, event_id: null },
    });
  });
});

describe('verifyAuditTrail 403', () => {
  it('is for administrators', async () => {
    const answer = await person.client.get('/api/audit/verify');
    expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
  });
});

/** Whether a file of the data directory remembers this head. */
function anchors(name: string, sequence: number): boolean {
  return name.endsWith('.json') && readFileSync(join(dataDirectory, name), 'utf8').includes(`"sequence":${sequence},`);
}

describe('what stands outside of the tables', () => {
  it('finds out who cuts off the end together with its heads', async () => {
    const last = await signed();
    await eventually(() => server.output().includes('the head of the audit trail is signed'));
    await server.advanceClock(20_000);
    await eventually(() => readdirSync(dataDirectory).some((name) => anchors(name, last)));
    await server.stop();
    await takeAway('audit.heads', 'true');
    await database.query(`create table public.ends as select * from audit.chain where sequence >= ${last}`);
    await tamper(
      `delete from audit.chain where sequence >= ${last}`,
      'insert into audit.chain select * from public.ends; drop table public.ends',
    );
    await database.query(
      `create table public.rows as select * from audit.events where id in (select event_id from public.ends)`,
    );
    await tamper(
      'delete from audit.events where id in (select id from public.rows)',
      'insert into audit.events select * from public.rows; drop table public.rows',
    );
    const { exitCode, output } = await runCommand(['audit', 'verify'], { ...TEST_SECRETS, ...environment });
    expect(output).toContain(`damaged (truncated): row ${last}`);
    expect(exitCode).toBe(1);
  });

  it('is content with the trail as it was', async () => {
    const { exitCode, output } = await runCommand(['audit', 'verify'], { ...TEST_SECRETS, ...environment });
    expect(output).toMatch(/^The audit trail is intact: \d+ rows/);
    expect(exitCode).toBe(0);
    server = await startServer(environment);
  });
});

describe('the runtime role', () => {
  it('can neither change nor delete what is in the trail', async () => {
    for (const sql of [
      "update audit.events set type = 'nothing'",
      'delete from audit.events',
      'truncate audit.events',
      'delete from audit.events_default',
      'select * from audit.events_default',
      "update audit.chain set hash = ''",
      'delete from audit.chain',
      'delete from audit.heads',
      'update audit.heads set sequence = 1',
      'delete from audit.signing_keys',
      "update audit.signing_keys set public_key = ''",
      'drop table audit.events',
    ]) {
      await expect(runSql(database.runtimeUrl, `set role kindly_runtime; ${sql}`)).rejects.toThrow(
        /permission denied|must be owner/,
      );
    }
  });
});
