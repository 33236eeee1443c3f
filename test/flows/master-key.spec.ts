import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newKey, newPerson } from '../support/people.ts';
import { StartFailure, startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(180_000);

// Whoever starts the API with a wrong master key, or with none because the data directory is lost, must not learn of it
// from failed logins and signatures hours later, nor seal new values that the right key cannot open.

const RIGHT: string = TEST_SECRETS.KINDLY_MASTER_KEY;
const WRONG = 'test-only-another-master-key-fedcba98';

let database: TestDatabase;
let directory: string;
let running: TestServer[];

beforeEach(async () => {
  database = await createDatabase();
  directory = mkdtempSync(join(tmpdir(), 'kindly-master-key-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

function environment(masterKey: string): Record<string, string> {
  return {
    ...TEST_SECRETS,
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    KINDLY_DATA_DIR: directory,
    KINDLY_MASTER_KEY: masterKey,
  };
}

async function start(masterKey = RIGHT, entry?: 'main' | 'api' | 'worker'): Promise<TestServer> {
  const server = await startServer(environment(masterKey), entry);
  running.push(server);
  return server;
}

async function startAndStop(masterKey = RIGHT): Promise<void> {
  await (await start(masterKey)).stop();
}

async function failureOf(starting: Promise<TestServer>): Promise<StartFailure> {
  const outcome = await starting.catch((error: unknown) => error);
  if (outcome instanceof StartFailure) return outcome;
  throw new Error('it did start');
}

function canaries(): Promise<{ value: string }[]> {
  return database.query<{ value: string }>('select value_sealed as value from sealing_canary');
}

/** Makes the database that of a release which had no canary, with something sealed in it. */
async function asReleasedBefore(): Promise<void> {
  const server = await start();
  await newKey((await newPerson(server.url)).client);
  await server.stop();
  await database.query('delete from sealing_canary');
}

function expectOneSentence(output: string, setting: string): void {
  expect(output).toContain(`- ${setting}: `);
  expect(output).toMatch(/cannot open what this database has sealed/);
  expect(output).not.toMatch(/\n\s+at /);
  expect(output).not.toContain(WRONG);
  expect(output).not.toContain(RIGHT);
}

describe('a master key that is not the one of the database', () => {
  it('keeps every process and every command that seals or opens from its work, with one sentence', async () => {
    await startAndStop();
    const before = await canaries();
    const starts = await Promise.all(
      (['main', 'api', 'worker'] as const).map((entry) => failureOf(start(WRONG, entry))),
    );
    const commands = await Promise.all(
      ['audit verify', 'secrets rotate', 'oauth rotate-signing-key'].map((command) =>
        runCommand(command.split(' '), environment(WRONG)),
      ),
    );
    for (const { exitCode, output } of [...starts, ...commands]) {
      expect(exitCode).toBe(1);
      expectOneSentence(output, 'KINDLY_MASTER_KEY');
    }
    expect(await canaries()).toEqual(before);
    expect(await database.query('select from oauth_signing_keys')).toHaveLength(0);
    // needs no key, and so asks for none
    expect(await runCommand(['migrate'], environment(WRONG))).toMatchObject({ exitCode: 0 });
  });

  it('is found out as well where the secrets of the data directory were lost', async () => {
    await startAndStop('');
    rmSync(join(directory, 'secrets.json'));
    const { exitCode, output } = await failureOf(start(''));
    expect(exitCode).toBe(1);
    expectOneSentence(output, 'KINDLY_DATA_DIR');
    expect(output).toContain(join(directory, 'secrets.json'));
  });

  it('is found out by what is sealed already in a database that a release without canary has filled', async () => {
    await asReleasedBefore();
    const { output } = await failureOf(start(WRONG));
    expectOneSentence(output, 'KINDLY_MASTER_KEY');
    expect(await canaries()).toEqual([]);
    await start();
    expect(await canaries()).toHaveLength(1);
  });

  it('may stand beside the right one, in any order, and does not replace the canary by itself', async () => {
    await startAndStop();
    const before = await canaries();
    await startAndStop(`${RIGHT},${WRONG}`);
    await startAndStop(`${WRONG},${RIGHT}`);
    expect(await canaries()).toEqual(before);
    expect(await failureOf(start(WRONG))).toMatchObject({ exitCode: 1 });
  });
});

describe('the canary', () => {
  it('is written once when two processes start at once on an empty database', async () => {
    await Promise.all([start(), start()]);
    expect(await canaries()).toHaveLength(1);
  });

  it('lets one of two processes in that start at once with different keys', async () => {
    const outcomes = await Promise.allSettled([start(RIGHT), start(WRONG)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await canaries()).toHaveLength(1);
  });

  it('moves to the new key with everything else, so that the old one can go', async () => {
    await startAndStop();
    const [before] = await canaries();
    const rotated = await runCommand(['secrets', 'rotate'], environment(`${WRONG},${RIGHT}`));
    expect(rotated).toMatchObject({ exitCode: 0 });
    const [after] = await canaries();
    expect(after?.value.split('.')[1]).not.toBe(before?.value.split('.')[1]);
    await startAndStop(WRONG);
    expect(await failureOf(start(RIGHT))).toMatchObject({ exitCode: 1 });
  });

  it('that is damaged is told apart from a wrong key, and can be made anew', async () => {
    await startAndStop();
    await database.query("update sealing_canary set value_sealed = overlay(value_sealed placing 'AAAA' from 30)");
    const { exitCode, output } = await failureOf(start());
    expect(exitCode).toBe(1);
    expect(output).toContain('sealing_canary');
    expect(output).not.toContain('cannot open what this database has sealed');
    await database.query('delete from sealing_canary');
    await start();
    expect(await canaries()).toHaveLength(1);
  });

  it('is written in spite of one damaged value among those of a database that has none yet', async () => {
    await asReleasedBefore();
    const server = await start();
    const broken = await newKey((await newPerson(server.url)).client);
    await server.stop();
    await database.query('delete from sealing_canary');
    await database.query("update api_keys set api_secret_sealed = 'v1.damaged' where id = $1", [broken.id]);
    await start();
    expect(await canaries()).toHaveLength(1);
  });
});
