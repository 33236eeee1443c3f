import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from '../support/client.ts';
import { runCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { expectStatus, newEmail, newPerson, PASSWORD, type SessionBody } from '../support/people.ts';
import { StartFailure, startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(60_000);

// An installation needs a first administrator. Nobody must become one by accident, twice, or because somebody can set
// an environment variable later on.

const ADMIN_PASSWORD = 'administrators horse battery staple';

let database: TestDatabase;
let running: TestServer[];

beforeEach(async () => {
  database = await createDatabase();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  await database.drop();
});

function connection(): Record<string, string> {
  return { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
}

async function start(email?: string, password = ADMIN_PASSWORD): Promise<TestServer> {
  const administrator: Record<string, string> =
    email === undefined ? {} : { KINDLY_ADMIN_EMAIL: email, KINDLY_ADMIN_PASSWORD: password };
  const server = await startServer({ ...connection(), ...administrator });
  running.push(server);
  return server;
}

async function startFault(environment: Record<string, string>): Promise<string> {
  try {
    running.push(await startServer({ ...connection(), ...environment }));
  } catch (error) {
    if (error instanceof StartFailure) return error.output;
    throw error;
  }
  throw new Error('the server has started');
}

function users() {
  return database.query<{ email: string; role: string }>('select email, role from users order by id');
}

async function permissionsOf(server: TestServer, email: string, password: string): Promise<string[]> {
  const anonymous = new Client(server.url);
  const { body } = expectStatus(await anonymous.post<SessionBody>('/api/auth/login', { email, password }), 200);
  const client = anonymous.with({ bearer: body.access_token });
  return (await client.get<{ permissions: string[] }>('/api/auth/whoami')).body.permissions;
}

describe('KINDLY_ADMIN_EMAIL and KINDLY_ADMIN_PASSWORD', () => {
  it('make one administrator on an empty installation, when two processes start at once too', async () => {
    const [server] = await Promise.all([start('first@example.com'), start('second@example.com')]);
    expect(await users()).toHaveLength(1);
    const [admin] = await users();
    expect(admin?.role).toBe('admin');
    expect(await permissionsOf(server, admin?.email ?? '', ADMIN_PASSWORD)).toContain('admin:users');
    for (const each of running) expect(each.output()).not.toContain(ADMIN_PASSWORD);
  });

  it('are used once: a later start changes neither the account nor its password, and adds nobody', async () => {
    await start('root@example.com');
    const again = await start('another@example.com', 'a later horse battery staple');
    expect(await users()).toEqual([{ email: 'root@example.com', role: 'admin' }]);
    expect(await permissionsOf(again, 'root@example.com', ADMIN_PASSWORD)).toContain('admin:users');
  });

  it('never promote an account that exists; the log says so', async () => {
    const first = await start();
    const { email } = await newPerson(first.url);
    const later = await start(email, PASSWORD);
    expect(await users()).toEqual([{ email, role: 'user' }]);
    expect(later.output()).toContain('it is left as it is');
    expect(await permissionsOf(later, email, PASSWORD)).not.toContain('admin:users');
  });

  it('stop the start with sentences when they cannot be an account', async () => {
    const shape = await startFault({ KINDLY_ADMIN_EMAIL: 'nonsense', KINDLY_ADMIN_PASSWORD: 'short' });
    expect(shape).toContain('KINDLY_ADMIN_EMAIL: must be an e-mail address');
    expect(shape).toContain('KINDLY_ADMIN_PASSWORD: must have 12 to 128 characters');
    const common = { KINDLY_ADMIN_EMAIL: 'a@example.com', KINDLY_ADMIN_PASSWORD: 'password12345' };
    expect(await startFault(common)).toContain('KINDLY_ADMIN_PASSWORD: is one of the most used passwords');
    expect(await startFault({ KINDLY_ADMIN_EMAIL: 'a@example.com' })).toContain('KINDLY_ADMIN_PASSWORD: is required');
    expect(await users()).toEqual([]);
  });
});

function adminCreate(words: readonly string[], password: string) {
  return runCommand(['admin', 'create', ...words], { ...connection(), ...TEST_SECRETS }, `${password}\n`);
}

describe('admin create', () => {
  it('makes an administrator beside a running server, with the password from standard input', async () => {
    const server = await start();
    const email = newEmail();
    const result = await adminCreate([email, '--name', 'Root'], PASSWORD);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.output).toContain(email);
    expect(result.output).not.toContain(PASSWORD);
    expect(await permissionsOf(server, email, PASSWORD)).toContain('admin:users');
  });

  it('is in the audit trail, as the making of an administrator', async () => {
    const server = await start();
    const person = await newPerson(server.url);
    expect(await adminCreate([newEmail()], PASSWORD)).toMatchObject({ exitCode: 0 });
    const rows = await database.query<{ owner_id: string; role: string | null }>(
      "select owner_id, data->>'role' as role from audit.events where type = 'user.registered' order by id",
    );
    expect(rows).toEqual([
      { owner_id: person.id, role: null },
      { owner_id: expect.any(String), role: 'admin' },
    ]);
  });

  it('is offered at the start while nobody administers, and not after', async () => {
    const first = await start();
    expect(first.output()).toContain('admin create');
    await newPerson(first.url);
    expect((await start()).output()).toContain('admin create');
    expect(await adminCreate([newEmail()], PASSWORD)).toMatchObject({ exitCode: 0 });
    expect((await start()).output()).not.toContain('admin create');
  });

  it('promotes nobody, and takes no bad password', async () => {
    const server = await start();
    const { email } = await newPerson(server.url);
    const taken = await adminCreate([email], PASSWORD);
    expect(taken).toMatchObject({ exitCode: 1 });
    expect(taken.output).toContain('already registered');
    const weak = await adminCreate(['x@example.com'], 'password12345');
    expect(weak).toMatchObject({ exitCode: 1 });
    expect(weak.output).toContain('most used passwords');
    expect(await users()).toEqual([{ email, role: 'user' }]);
  });
});
