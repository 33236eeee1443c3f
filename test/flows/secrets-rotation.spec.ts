import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from '../support/client.ts';
import { runCommand, startCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { expectStatus, newKey, newPerson, type SessionBody } from '../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(60_000);

// A secret has leaked, or is old enough. An operator changes it while people are logged in, and something may die
// halfway.

interface SecretsFile {
  readonly master_keys: string[];
  readonly jwt_secrets: string[];
  readonly rotated_at?: string;
}

let database: TestDatabase;
let directory: string;
let running: TestServer[];

beforeEach(async () => {
  database = await createDatabase();
  directory = mkdtempSync(join(tmpdir(), 'kindly-secrets-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

function environment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    KINDLY_DATA_DIR: directory,
    KINDLY_MASTER_KEY: '',
    JWT_SECRETS: '',
    ...extra,
  };
}

async function start(extra?: Record<string, string>): Promise<TestServer> {
  const server = await startServer(environment(extra));
  running.push(server);
  return server;
}

function secretsFile(): SecretsFile {
  return JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as SecretsFile;
}

/** Ids of the master keys under which something is sealed. */
async function sealingKeys(): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    "select distinct split_part(api_secret_sealed, '.', 2) as id from api_keys",
  );
  return rows.map(({ id }) => id);
}

function refresh(server: TestServer, session: SessionBody) {
  return new Client(server.url).post<SessionBody>('/api/auth/refresh', { refresh_token: session.refresh_token });
}

describe('secrets rotate with stored secrets', () => {
  it('brings in new ones, reseals, logs nobody out, and drops the old ones when nothing needs them', async () => {
    const server = await start();
    const person = await newPerson(server.url);
    await newKey(person.client);
    const before = secretsFile();
    const [oldKey] = await sealingKeys();

    const rotated = await runCommand(['secrets', 'rotate'], environment());
    expect(rotated).toMatchObject({ exitCode: 0 });
    const during = secretsFile();
    expect(during.master_keys.slice(1)).toEqual(before.master_keys);
    expect(during.jwt_secrets.slice(1)).toEqual(before.jwt_secrets);
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600);
    for (const secret of [...during.master_keys, ...during.jwt_secrets]) expect(rotated.output).not.toContain(secret);
    expect(await sealingKeys()).not.toContain(oldKey);

    // the process from before still runs, and seals under the new key
    await newKey(person.client);
    expect(await sealingKeys()).toHaveLength(1);

    const restarted = await start();
    expect((await person.client.at(restarted.url).get('/api/auth/me')).status).toBe(200);
    const early = await runCommand(['secrets', 'rotate', '--finish'], environment());
    expect(early.exitCode).toBe(1);
    expect(early.output).toContain('1 session(s) still need it');
    expect(secretsFile()).toMatchObject({ master_keys: [during.master_keys[0]], jwt_secrets: during.jwt_secrets });

    const next = expectStatus(await refresh(restarted, person.session), 200).body;
    const anHourAgo = new Date(Date.now() - 3_601_000).toISOString();
    writeFileSync(join(directory, 'secrets.json'), JSON.stringify({ ...secretsFile(), rotated_at: anHourAgo }));
    expect(await runCommand(['secrets', 'rotate', '--finish'], environment())).toMatchObject({ exitCode: 0 });
    expect(secretsFile()).toEqual({ master_keys: [during.master_keys[0]], jwt_secrets: [during.jwt_secrets[0]] });
    const fresh = await start();
    expect((await refresh(fresh, next)).status).toBe(200);
    expect(await refresh(fresh, person.session)).toMatchObject({ status: 401, body: { code: 'AUTH_003' } });
  });

  it('leaves everything readable when it is killed at any moment, and goes on when it is run again', async () => {
    const server = await start();
    const { client } = await newPerson(server.url);
    await Promise.all(Array.from({ length: 60 }, () => newKey(client)));
    const before = secretsFile();
    for (const delayMs of [0, 4, 15]) {
      const command = startCommand(['secrets', 'rotate'], environment());
      while (!secretsFile().rotated_at) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      command.child.kill('SIGKILL');
      await command.finished;
      expect(secretsFile().master_keys.slice(1)).toEqual(before.master_keys);
    }
    // whichever of the two keys the canary is under by now, a start opens it
    await start();
    // opens every value that is not under the newest key yet, and would name one that it cannot read
    const again = await runCommand(['secrets', 'rotate'], environment());
    expect(again.exitCode).toBe(0);
    expect(again.output).toContain('goes on');
    expect(again.output).not.toContain('No key opens');
    expect(secretsFile().master_keys).toHaveLength(2);
    expect(await sealingKeys()).toHaveLength(1);
  });

  it('moves all the others when a value is damaged, and names that one without its content', async () => {
    const server = await start();
    const { client } = await newPerson(server.url);
    const keys = [await newKey(client), await newKey(client), await newKey(client)];
    const [, damaged] = keys;
    const [oldKey] = await sealingKeys();
    await database.query(
      "update api_keys set api_secret_sealed = overlay(api_secret_sealed placing '____' from 40) where id = $1",
      [damaged?.id],
    );
    const [broken] = await database.query<{ sealed: string }>(
      'select api_secret_sealed as sealed from api_keys where id = $1',
      [damaged?.id],
    );
    const { exitCode, output } = await runCommand(['secrets', 'rotate'], environment());
    expect(exitCode).toBe(0);
    expect(output).toContain(`api_keys.api_secret_sealed ${damaged?.id}`);
    expect(output).not.toContain(broken?.sealed.slice(-20));
    const left = await database.query<{ id: string }>(
      "select id from api_keys where split_part(api_secret_sealed, '.', 2) = $1",
      [oldKey],
    );
    expect(left.map(({ id }) => id)).toEqual([damaged?.id]);
  });

  it('is done by one process at a time', async () => {
    const server = await start();
    const { client } = await newPerson(server.url);
    await newKey(client);
    const results = await Promise.all([1, 2].map(() => runCommand(['secrets', 'rotate'], environment())));
    expect(results.filter(({ exitCode }) => exitCode === 0).length).toBeGreaterThanOrEqual(1);
    expect(secretsFile().master_keys).toHaveLength(2);
    expect(await sealingKeys()).toHaveLength(1);
  });

  it('refuses to go on while a sealed column is not known to it', async () => {
    await database.query('alter table users add column planted_sealed text');
    const result = await runCommand(['secrets', 'rotate'], environment());
    expect(result.exitCode).toBe(1);
    expect(result.output).toContain('users.planted_sealed');
  });
});

describe('secrets rotate with secrets from the environment', () => {
  const OLD = TEST_SECRETS.KINDLY_MASTER_KEY;
  const NEW = 'test-only-master-key-9876543210fedcba';

  it('says what to set, reseals under the first key, and writes no file', async () => {
    const old = { KINDLY_MASTER_KEY: OLD, JWT_SECRETS: TEST_SECRETS.JWT_SECRETS };
    const server = await start(old);
    const { client } = await newPerson(server.url);
    await newKey(client);
    const [oldKey] = await sealingKeys();
    const both = environment({ ...old, KINDLY_MASTER_KEY: `${NEW},${OLD}` });
    const result = await runCommand(['secrets', 'rotate'], both);
    expect(result.exitCode).toBe(0);
    expect(result.output).toContain('KINDLY_MASTER_KEY=<new>,<old>');
    expect(result.output).not.toContain(NEW);
    expect(await sealingKeys()).not.toContain(oldKey);
    expect(() => secretsFile()).toThrow();
  });
});

describe('while JWT secrets rotate', () => {
  const OLD = TEST_SECRETS.JWT_SECRETS;
  const NEW = 'test-only-jwt-secret-9876543210fedcba';
  const base = { KINDLY_MASTER_KEY: TEST_SECRETS.KINDLY_MASTER_KEY };

  it('two processes with different newest secrets still give parallel refreshes one and the same successor', async () => {
    const [first, second] = [
      await start({ ...base, JWT_SECRETS: `${OLD},${NEW}` }),
      await start({ ...base, JWT_SECRETS: `${NEW},${OLD}` }),
    ];
    const { session } = await newPerson(first.url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, position) => refresh(position % 2 === 0 ? first : second, session)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    const { body } = answers[0] ?? {};
    const access = new Client(first.url).with({ bearer: body?.access_token ?? '' });
    expect((await access.get('/api/auth/me')).status).toBe(200);
    expect((await access.at(second.url).get('/api/auth/me')).status).toBe(200);
  });
});
