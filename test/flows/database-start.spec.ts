import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { canTrackStatements, findPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { startFailure, startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/tcp-proxy.ts';

const WAITING = 'waiting for the database';
const PASSWORD = 'a-password-nobody-may-read';
const STACK = /\n\s+at /;

const executable = findPgBouncer();
const describeWithPgBouncer = executable === undefined ? describe.skip : describe;

let database: TestDatabase;
let proxy: PostgresProxy;
let server: TestServer | undefined;
beforeAll(async () => {
  database = await createDatabase();
  proxy = await startPostgresProxy(database.runtimeUrl);
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(async () => {
  await proxy?.close();
  await database?.drop();
});

function withPassword(url: string): string {
  const result = new URL(url);
  result.password = PASSWORD;
  return result.toString();
}

describe('a start while the database is away', () => {
  it('waits, says so at each attempt, and serves when the database is there', async () => {
    proxy.refuseNext(2);
    server = await startServer({
      DATABASE_URL: withPassword(proxy.through(database.runtimeUrl)),
      DATABASE_MIGRATION_URL: database.ownerUrl,
    });
    expect(server.output().split(WAITING)).toHaveLength(3);
    expect(server.output()).not.toContain(PASSWORD);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  it.each(['main', 'worker'] as const)('ends with one sentence when the time is over: %s', async (entry) => {
    const nowhere = `postgresql://kindly_app:${PASSWORD}@127.0.0.1:1/kindly`;
    const { exitCode, output } = await startFailure({ DATABASE_URL: nowhere, DATABASE_START_TIMEOUT: '1' }, entry);
    expect(exitCode).toBe(1);
    expect(output).toContain(WAITING);
    expect(output).toMatch(
      /DATABASE_URL \(postgresql:\/\/kindly_app@127.0.0.1:1\/kindly\) has not answered within 1 s: /,
    );
    expect(output).not.toContain(PASSWORD);
    expect(output).not.toMatch(STACK);
  });

  it('does not wait for what waiting does not mend', async () => {
    const url = new URL(database.runtimeUrl);
    url.username = 'nobody_of_this_name';
    const { exitCode, output } = await startFailure({ DATABASE_URL: withPassword(url.toString()) });
    expect(exitCode).toBe(1);
    expect(output).toContain('role "nobody_of_this_name" does not exist');
    expect(output).not.toContain(WAITING);
    expect(output).not.toContain(PASSWORD);
    expect(output).not.toMatch(STACK);
  });
});

describe('a start on a database that a newer release has migrated', () => {
  const NEWER = '29990101-from-the-future';
  let newer: TestDatabase;
  let environment: Record<string, string>;
  beforeAll(async () => {
    newer = await createDatabase();
    await newer.query('insert into schema_migrations (name, executed_at) values ($1, now())', [NEWER]);
    // a pending one beside it, which must stay pending
    await newer.query(
      'delete from schema_migrations where name = (select max(name) from schema_migrations where name < $1)',
      [NEWER],
    );
    environment = { DATABASE_URL: newer.runtimeUrl, DATABASE_MIGRATION_URL: newer.ownerUrl };
  });
  afterAll(() => newer.drop());

  async function applied(): Promise<unknown[]> {
    return newer.query('select name from schema_migrations order by id');
  }

  it.each(['main', 'api', 'worker'] as const)(
    'is refused, names the migration and changes nothing: %s',
    async (entry) => {
      const before = await applied();
      const { exitCode, output } = await startFailure(environment, entry);
      expect(exitCode).toBe(1);
      expect(output).toContain(`this one does not know ${NEWER}.`);
      expect(output).not.toMatch(STACK);
      expect(await applied()).toEqual(before);
    },
  );

  it('and so is the command that migrates', async () => {
    const before = await applied();
    const { exitCode, output } = await runCommand(['migrate'], { ...TEST_SECRETS, ...environment });
    expect(exitCode).toBe(1);
    expect(output).toContain(`this one does not know ${NEWER}.`);
    expect(output).not.toMatch(STACK);
    expect(await applied()).toEqual(before);
  });
});

// requests would fail here and there, and only under load
describeWithPgBouncer('a start behind a pooler (where pgbouncer is installed)', () => {
  let pooler: PgBouncer | undefined;
  afterEach(() => pooler?.stop());

  async function environmentBehind(options: Parameters<typeof startPgBouncer>[2]): Promise<Record<string, string>> {
    pooler = await startPgBouncer(executable ?? '', proxy.through(database.runtimeUrl), options);
    return {
      DATABASE_URL: pooler.through(database.runtimeUrl),
      DATABASE_MIGRATION_URL: database.ownerUrl,
      DATABASE_LISTEN_URL: database.runtimeUrl,
    };
  }

  it('is refused where sessions share prepared statements, and says what to change', async () => {
    const { exitCode, output } = await startFailure(await environmentBehind({ tracksStatements: false }));
    expect(exitCode).toBe(1);
    expect(output).toContain('max_prepared_statements = 200');
    expect(output).not.toMatch(STACK);
  });

  const tracking = executable !== undefined && canTrackStatements(executable);
  it.each([{ mode: 'session' } as const, ...(tracking ? [{ tracksStatements: true } as const] : [])])(
    'succeeds where each session has its own: %j',
    async (options) => {
      server = await startServer(await environmentBehind(options));
      expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
      await server.stop();
    },
  );
});
