import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '../support/client.ts';
import { type CommandResult, runCommand } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { startReceiver } from '../support/receiver.ts';
import { StartFailure, startServer, type TestServer } from '../support/server.ts';
import { signedHeaders } from '../support/signing.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { newWebhook, sendTest, type Webhook } from '../support/webhooks.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(240_000);

// The drill: a machine is lost, and all that is left is the backup of its embedded database.

const STATS = '/api/compression/stats';
const root = temporaryDirectory();
const directory = join(root, 'data');
const backupFile = join(root, 'kindly.backup');
const withoutSecrets = join(root, 'without-secrets.backup');

let server: TestServer;
let person: Person;
let key: MintedKey;
let webhook: Webhook;
let acknowledgedBefore: string[];
let made: CommandResult;

/** Nothing but a data directory. */
function environment(dataDirectory = directory): Record<string, string> {
  return { KINDLY_DATA_DIR: dataDirectory, KINDLY_MASTER_KEY: '', JWT_SECRETS: '', DATABASE_URL: '' };
}

const start = (dataDirectory?: string): Promise<TestServer> =>
  startServer({ ...environment(dataDirectory), WEBHOOKS_ALLOW_PRIVATE: 'on' });

/** All paths below a directory, and how large each file is. */
function listing(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => `${name} ${statSync(join(path, name)).isFile() ? statSync(join(path, name)).size : ''}`);
}

/** Makes keys without a pause until `work` has ended. @returns the ids that were acknowledged before it began */
async function underLoad(work: () => Promise<void>): Promise<string[]> {
  const acknowledged: string[] = [];
  const over = new AbortController();
  const writers = Array.from({ length: 3 }, async (_, writer) => {
    for (let index = 0; !over.signal.aborted; index++) {
      acknowledged.push((await newKey(person.client, { name: `w${writer}-${index}` })).id);
    }
  });
  await eventually(() => acknowledged.length >= 10);
  const before = [...acknowledged];
  try {
    await work();
  } finally {
    over.abort();
    await Promise.all(writers);
  }
  // the backup was made under load, or this proves less than it says
  expect(acknowledged.length).toBeGreaterThan(before.length);
  return before;
}

beforeAll(async () => {
  server = await start();
  person = await newPerson(server.url);
  key = await newKey(person.client);
  webhook = await newWebhook(person.client, 'http://127.0.0.1:9/nowhere', ['api_key.revoked']);
  acknowledgedBefore = await underLoad(async () => {
    made = await runCommand(['backup', backupFile, '--with-secrets'], environment());
  });
  expect(await runCommand(['backup', withoutSecrets], environment())).toMatchObject({ exitCode: 0 });
});
afterAll(() => server.stop());

describe('backup', () => {
  it('is made while the server works, for its owner alone, and shows no secret', () => {
    expect(made).toMatchObject({ exitCode: 0 });
    expect(statSync(backupFile).mode & 0o777).toBe(0o600);
    const { master_keys: masterKeys } = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as {
      master_keys: string[];
    };
    expect(made.output).not.toContain(masterKeys[0]);
    expect(readFileSync(withoutSecrets).includes(masterKeys[0] ?? '')).toBe(false);
  });

  it('writes over no file, and leaves no other behind', async () => {
    const before = statSync(backupFile);
    const { exitCode, output } = await runCommand(['backup', backupFile], environment());
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: `${backupFile} exists, and is not overwritten.\n` });
    expect(statSync(backupFile).mtimeMs).toBe(before.mtimeMs);
    expect(readdirSync(root).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it.each(['backup', 'restore'])('is not for a database of a server: %s', async (command) => {
    const elsewhere = { ...environment(), DATABASE_URL: 'postgresql://app@db.example.com/kindly' };
    const { exitCode, output } = await runCommand([command, join(root, 'other.backup')], elsewhere);
    expect(exitCode).toBe(1);
    expect(output).toContain('DATABASE_URL');
    expect(existsSync(join(root, 'other.backup'))).toBe(false);
  });

  it('makes no database where there is none', async () => {
    const empty = join(root, 'empty');
    const { exitCode, output } = await runCommand(['backup', join(root, 'none.backup')], environment(empty));
    expect(exitCode).toBe(1);
    expect(output).toContain(join(empty, 'postgres'));
    expect(existsSync(empty)).toBe(false);
  });
});

describe('restore', () => {
  it('does nothing to a database that is in use, not even by force', async () => {
    const { exitCode, output } = await runCommand(['restore', backupFile, '--force'], environment());
    expect(exitCode).toBe(1);
    expect(output).toContain('Stop it first');
    expect((await person.client.get(`/api/keys/${key.id}`)).status).toBe(200);
  });

  it('refuses what is truncated, altered or no backup, and leaves the directory as it was', async () => {
    const whole = readFileSync(backupFile);
    const altered = (position: number): Buffer => {
      const copy = Buffer.from(whole);
      copy.writeUInt8(copy.readUInt8(position) ^ 1, position);
      return copy;
    };
    const bad = {
      empty: Buffer.alloc(0),
      'beginning only': whole.subarray(0, 200),
      half: whole.subarray(0, whole.length / 2),
      'last byte missing': whole.subarray(0, -1),
      'one byte more': Buffer.concat([whole, Buffer.alloc(1)]),
      'one bit of the header': altered(60),
      'one bit of the middle': altered(Math.floor(whole.length / 2)),
      'one bit of the digest': altered(whole.length - 1),
      'something else': Buffer.from('PGDMP, or so\n'),
    };
    const target = join(root, 'target');
    for (const [what, content] of Object.entries(bad)) {
      const file = join(root, 'bad.backup');
      writeFileSync(file, content);
      const { exitCode, output } = await runCommand(['restore', file], environment(target));
      expect({ what, exitCode, lines: output.trim().split('\n').length }).toEqual({ what, exitCode: 1, lines: 1 });
      expect(output).toContain(file);
      expect(existsSync(target)).toBe(false);
    }
  });

  it('brings everything back on a machine that has nothing but the file', async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
    const restored = await runCommand(['restore', backupFile], environment());
    expect(restored).toMatchObject({ exitCode: 0 });
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600);
    server = await start();
    // logins and sessions
    const client = person.client.at(server.url);
    expect((await client.get('/api/auth/me')).status).toBe(200);
    const anonymous = new Client(server.url);
    const login = await anonymous.post('/api/auth/login', { email: person.email, password: person.password });
    expect(login.status).toBe(200);
    // keys and their signatures
    expect((await anonymous.with({ apiKey: key.key }).get(STATS)).status).toBe(200);
    const headers = signedHeaders(key, { method: 'GET', target: STATS });
    expect((await anonymous.get(STATS, { headers })).status).toBe(200);
    // all that was acknowledged before the backup began
    const answers = await Promise.all(acknowledgedBefore.map((id) => client.get(`/api/keys/${id}`)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    // sealed secrets of webhooks, sequences, and the background work
    const receiver = await startReceiver();
    try {
      expect((await client.patch(`/api/webhooks/${webhook.id}`, { url: receiver.url })).status).toBe(200);
      const eventId = await sendTest(client, webhook.id);
      await eventually(() => receiver.received.some(({ event }) => event.id === eventId));
    } finally {
      await receiver.stop();
    }
    await newKey(client);
    expect(await runCommand(['audit', 'verify'], environment())).toMatchObject({ exitCode: 0 });
  });

  it('overwrites nothing without being told, and with --force puts what was there aside', async () => {
    await server.stop();
    const before = listing(directory);
    const refused = await runCommand(['restore', withoutSecrets], environment());
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain('--force');
    expect(listing(directory)).toEqual(before);
    expect(await runCommand(['restore', withoutSecrets, '--force'], environment())).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(directory, 'postgres.before-restore', 'PG_VERSION'))).toBe(true);
    // the secrets of the directory are those of the backup
    server = await start();
    expect((await person.client.at(server.url).get(`/api/keys/${key.id}`)).status).toBe(200);
  });

  it('that was killed before its last step is ended by the next start', async () => {
    await server.stop();
    renameSync(join(directory, 'postgres'), join(directory, 'postgres.restored'));
    server = await start();
    expect((await person.client.at(server.url).get(`/api/keys/${key.id}`)).status).toBe(200);
    expect(existsSync(join(directory, 'postgres.restored'))).toBe(false);
  });

  it('without the secrets of the database is found out at the next start', async () => {
    const bare = join(root, 'bare');
    const restored = await runCommand(['restore', withoutSecrets], environment(bare));
    expect(restored).toMatchObject({ exitCode: 0 });
    expect(restored.output).toContain('secrets.json');
    const failure = await start(bare).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailure);
    expect((failure as StartFailure).output).toContain('cannot open what this database has sealed');
  });
});
