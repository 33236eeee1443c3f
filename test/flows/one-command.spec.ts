import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { newPerson, PASSWORD, type Person, type SessionBody } from '../support/people.ts';
import { eventually } from '../support/eventually.ts';
import { startFailure, startServer, type TestServer } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A newcomer's environment: no database, no secrets. */
function newcomer(dataDirectory: string): Record<string, string> {
  return { KINDLY_DATA_DIR: dataDirectory, KINDLY_MASTER_KEY: '', JWT_SECRETS: '', DATABASE_URL: '' };
}

/** Processes whose working directory lies in the data directory: the PostgreSQL servers that run on it. */
function processesIn(directory: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(directory);
    } catch {
      return false;
    }
  });
}

describe('the one command', () => {
  const directory = join(temporaryDirectory(), 'data');
  let server: TestServer | undefined;
  let person: Person;
  afterAll(async () => {
    await server?.stop();
  });

  it('starts everything and says where it is', async () => {
    server = await startServer(newcomer(directory));
    const banner = server.output();
    for (const word of ['API ', 'Docs ', 'Health ', 'Database ', 'admin create']) expect(banner).toContain(word);
    person = await newPerson(server.url);
    expect((await new Client(server.url).get('/health/ready')).status).toBe(200);
  });

  it('keeps what it generated to the owner of the files', () => {
    const secrets = join(directory, 'secrets.json');
    expect(statSync(secrets).mode & 0o777).toBe(0o600);
    const { master_keys, jwt_secrets } = JSON.parse(readFileSync(secrets, 'utf8')) as Record<string, string[]>;
    expect(master_keys?.[0]?.length).toBeGreaterThanOrEqual(32);
    expect(jwt_secrets?.[0]).not.toBe(master_keys?.[0]);
    expect(server?.output()).not.toContain(jwt_secrets?.[0]);
  });

  it('rests within 200 MB of memory', () => {
    const status = readFileSync(`/proc/${server?.pid}/status`, 'utf8');
    expect(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024).toBeLessThanOrEqual(200);
  });

  it('lets a command work beside it, on the same database', async () => {
    const administrator = `admin-${Date.now()}@example.com`;
    const child = execFile(process.execPath, ['dist/cli.js', 'admin', 'create', administrator], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, KINDLY_DATA_DIR: directory },
    });
    child.stdin?.end(`${PASSWORD}\n`);
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    const login = await new Client(server?.url ?? '').post('/api/auth/login', {
      email: administrator,
      password: PASSWORD,
    });
    expect(login.status).toBe(200);
  });

  it('ends in order on SIGTERM, PostgreSQL included', async () => {
    expect(processesIn(directory).length).toBeGreaterThan(0);
    expect(await server?.stop()).toBe(0);
    expect(processesIn(directory)).toEqual([]);
  });

  it('keeps the data and the sessions over a restart', async () => {
    server = await startServer(newcomer(directory));
    const again = new Client(server.url);
    expect((await person.client.at(server.url).get('/api/keys')).status).toBe(200);
    expect((await again.post<SessionBody>('/api/auth/login', { email: person.email, password: PASSWORD })).status).toBe(
      200,
    );
  });

  // nothing that was acknowledged may be lost, and the next start must not need a hand
  it('loses no acknowledged write to kill -9, and starts again by itself', async () => {
    const running = server as TestServer;
    const client = person.client.at(running.url);
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; ; index++) {
        const answer = await client.post<{ id: string }>('/api/keys', { name: `w${writer}-${index}` });
        if (answer.status === 201) acknowledged.push(answer.body.id);
      }
    });
    const ended = Promise.allSettled(writers);
    await eventually(() => acknowledged.length >= 40);
    await running.kill();
    await ended;
    server = await startServer(newcomer(directory));
    const survivor = person.client.at(server.url);
    const answers = await Promise.all(acknowledged.map((id) => survivor.get(`/api/keys/${id}`)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  }, 60_000);

  it('answers every request that it has let in before SIGTERM', async () => {
    const running = server as TestServer;
    const client = person.client.at(running.url);
    const data = 'to be compressed slowly '.repeat(20_000);
    const requests = Array.from({ length: 6 }, () =>
      client.post('/api/compression/compress', { data, encoding: 'utf8', algorithm: 'brotli', level: 10 }),
    );
    await new Promise((resolve) => setTimeout(resolve, 150));
    const code = running.stop();
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await code).toBe(0);
  }, 60_000);

  // npm does not hand signals on to a shell's children; the script must not leave a server behind
  it('is stopped by a signal to "npm start" as well', async () => {
    const child = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, ...newcomer(directory), PORT: '0', LOG_LEVEL: 'warn', NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('is ready')) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    await once(child, 'close');
    await eventually(() => processesIn(directory).length === 0);
  }, 60_000);
});

describe('a start that cannot succeed', () => {
  const directory = temporaryDirectory();

  it('names the port that is taken, and leaves no PostgreSQL behind', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    const { exitCode, output } = await startFailure({ ...newcomer(join(directory, 'port')), PORT: String(port) });
    occupant.close();
    expect(exitCode).toBe(1);
    expect(output).toContain(String(port));
    expect(output).not.toMatch(/\n\s+at /);
    expect(processesIn(join(directory, 'port'))).toEqual([]);
  });

  it('names the data directory that cannot be written', async () => {
    const file = join(directory, 'a-file');
    writeFileSync(file, '');
    const { exitCode, output } = await startFailure(newcomer(join(file, 'data')));
    expect(exitCode).toBe(1);
    expect(output).toContain(join(file, 'data'));
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('lists every fault of the configuration at once, and repeats no secret', async () => {
    const { exitCode, output } = await startFailure({
      NODE_ENV: 'production',
      PORT: '99999',
      LOG_LEVEL: 'loud',
      KINDLY_MASTER_KEY: 'too-short',
      JWT_SECRETS: 'change-me-change-me-change-me-change-me',
      PUBLIC_URL: 'not a url',
      TRUSTED_PROXIES: '10.0.0.0/33',
      CORS_ORIGINS: 'https://app.example.com/path',
      DATABASE_URL: '',
    });
    expect(exitCode).toBe(1);
    for (const name of [
      'PORT',
      'LOG_LEVEL',
      'KINDLY_MASTER_KEY',
      'JWT_SECRETS',
      'PUBLIC_URL',
      'TRUSTED_PROXIES',
      'CORS_ORIGINS',
      'DATABASE_URL',
      'KINDLY_CLOCK',
    ]) {
      expect(output).toContain(`- ${name}: `);
    }
    expect(output).not.toContain('too-short');
    expect(output).not.toContain('change-me-change');
  });
});

describe('a command called wrongly', () => {
  it('shows how it is called and changes nothing', async () => {
    const run = promisify(execFile)(process.execPath, ['dist/cli.js', 'admin', 'destroy'], { cwd: ROOT });
    await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('admin create') });
  });

  it.each([
    ['secrets rotate', '--finsh'],
    ['oauth rotate-signing-key', '--leak'],
    ['oauth rotate-signing-key', 'now'],
    ['admin create', '--nam=x'],
  ])('says what it does not take, and only how it is called: %s %s', async (command, word) => {
    const words = ['dist/cli.js', ...command.split(' '), word];
    const failure = await promisify(execFile)(process.execPath, words, { cwd: ROOT }).catch((error: unknown) => error);
    const { code, stderr } = failure as { code: number; stderr: string };
    expect(code).toBe(2);
    expect(stderr).toContain(word.split('=')[0]);
    expect(stderr).toContain(`npm run kindly -- ${command}`);
    expect(stderr).not.toMatch(/\n\s+at |could not start|audit verify/);
  });
});
