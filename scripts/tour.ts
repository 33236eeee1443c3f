// A tour of the main job, against a server of its own: register, mint a key, compress real files and get them back,
// read the statistics, revoke the key and see it refused. Ends with 0 only if everything held. Run: npm run tour
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const ALGORITHMS = ['gzip', 'zstd'] as const;
const LOG_LINES = 20_000;

interface Row {
  readonly file: string;
  readonly algorithm: string;
  readonly original: number;
  readonly compressed: number;
  readonly ratio: number;
  readonly ms: number;
}

class Failure extends Error {}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function step(number: number, text: string): void {
  say(`\n[${number}/7] ${text}`);
}

function hold(condition: boolean, claim: string): void {
  if (!condition) throw new Failure(`did not hold: ${claim}`);
  say(`      ✓ ${claim}`);
}

async function call<Body>(url: string, path: string, headers: Record<string, string>, body?: unknown, method?: string) {
  const response = await fetch(`${url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body };
}

/** A few megabytes of JSON lines such as a web server writes; the same each time. */
function generatedLog(): Buffer {
  let state = 42;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const lines = Array.from({ length: LOG_LINES }, (_, index) =>
    JSON.stringify({
      time: new Date(1_704_720_000_000 + index * 137).toISOString(),
      level: ['info', 'info', 'info', 'warn', 'error'][random(5)],
      method: ['GET', 'GET', 'POST', 'DELETE'][random(4)],
      path: `/api/items/${random(100_000)}`,
      status: [200, 200, 201, 404, 500][random(5)],
      duration_ms: random(10_000) / 10,
      request_id: random(2 ** 31).toString(16),
    }),
  );
  return Buffer.from(lines.join('\n'));
}

async function roundTrip(url: string, apiKey: string, file: string, original: Buffer, algorithm: string): Promise<Row> {
  const headers = { 'x-api-key': apiKey };
  const started = performance.now();
  const compressed = await call<{ data: string; compressed_size: number; ratio: number }>(
    url,
    '/api/compression/compress',
    headers,
    { data: original.toString('base64'), encoding: 'base64', algorithm },
  );
  hold(compressed.status === 200, `${file} is compressed with ${algorithm}`);
  const ms = performance.now() - started;
  const back = await call<{ data: string }>(url, '/api/compression/decompress', headers, {
    data: compressed.body.data,
    encoding: 'base64',
    algorithm,
  });
  hold(Buffer.from(back.body.data, 'base64').equals(original), `${file} comes back byte for byte`);
  const { compressed_size, ratio } = compressed.body;
  return { file, algorithm, original: original.length, compressed: compressed_size, ratio, ms };
}

function printTable(rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    row.file,
    row.algorithm,
    row.original.toLocaleString('en'),
    row.compressed.toLocaleString('en'),
    `${row.ratio.toFixed(2)}×`,
    `${row.ms.toFixed(0)} ms`,
  ]);
  const table = [['file', 'algorithm', 'bytes', 'compressed', 'ratio', 'time'], ...cells];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  say('');
  for (const line of table) {
    say(
      `  ${line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    );
  }
}

async function tour(url: string): Promise<void> {
  step(2, 'A new account');
  const account = { email: `tour-${Date.now()}@example.com`, password: 'a tour through the house', name: 'Tour Guest' };
  const registered = await call<{ access_token: string }>(url, '/api/auth/register', {}, account);
  hold(registered.status === 201, 'registered');
  const login = await call<{ access_token: string }>(
    url,
    '/api/auth/login',
    {},
    {
      email: account.email,
      password: account.password,
    },
  );
  hold(login.status === 200, 'logged in');
  const bearer = { authorization: `Bearer ${login.body.access_token}` };

  step(3, 'An API key that can compress, and nothing else');
  const minted = await call<{ id: string; key: string }>(url, '/api/keys', bearer, {
    name: 'Tour',
    permissions: ['read:compression', 'write:compression'],
  });
  hold(minted.status === 201, `minted ${minted.body.key.slice(0, 14)}…`);
  const withKey = { 'x-api-key': minted.body.key };
  const refusedList = await call<{ code: string }>(url, '/api/keys', withKey);
  hold(refusedList.status === 403 && refusedList.body.code === 'AUTH_009', 'it may not list keys (AUTH_009)');

  step(4, 'Real files, there and back');
  const files: [string, Buffer][] = [
    ['package-lock.json', readFileSync(join(ROOT, 'package-lock.json'))],
    ['access.log (generated)', generatedLog()],
  ];
  const rows: Row[] = [];
  for (const [file, content] of files) {
    for (const algorithm of ALGORITHMS) rows.push(await roundTrip(url, minted.body.key, file, content, algorithm));
  }

  step(5, 'Statistics');
  const stats = await call<{ operations: number; bytes_in: number }>(url, '/api/compression/stats', withKey);
  const bytesIn = rows.reduce((sum, row) => sum + row.original + row.compressed, 0);
  hold(stats.body.operations === rows.length * 2, `${rows.length * 2} operations counted`);
  hold(stats.body.bytes_in === bytesIn, `${bytesIn.toLocaleString('en')} bytes in, the sum of the answers`);

  step(6, 'Revocation');
  const revoked = await call(url, `/api/keys/${minted.body.id}`, bearer, undefined, 'DELETE');
  hold(revoked.status === 204, 'the key is revoked');
  const refused = await call<{ code: string; title: string }>(url, '/api/compression/stats', withKey);
  hold(
    refused.status === 401 && refused.body.code === 'AUTH_004',
    `and refused: 401 ${refused.body.code} ${refused.body.title}`,
  );

  printTable(rows);
}

const directory = mkdtempSync(join(tmpdir(), 'kindly-tour-'));
step(1, 'A server of its own, with an empty database');
const server = fork(join(ROOT, 'dist/main.js'), {
  env: {
    PATH: process.env.PATH,
    PORT: '0',
    HOST: '127.0.0.1',
    KINDLY_DATA_DIR: join(directory, 'data'),
    LOG_LEVEL: 'warn',
  },
  execArgv: [],
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
try {
  const ready = (await Promise.race([once(server, 'message'), once(server, 'exit')])) as [{ ready?: string } | number];
  const url = typeof ready[0] === 'object' ? ready[0].ready : undefined;
  if (!url) throw new Failure('the server did not start');
  hold(true, `listening on ${url}`);
  await tour(url);
  step(7, 'Everything held.');
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`\n      ✗ ${error.message}\n`);
  process.exitCode = 1;
} finally {
  if (server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
}
