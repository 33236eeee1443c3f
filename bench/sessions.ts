// What sessions cost: logins beside a raw loop of the same password hash, requests with a warm key while many log in,
// logins beyond the capacity, and refreshes beside the single-row updates that PostgreSQL can do for a client in C and beside
// requests that only answer.
// Run after a build: node bench/sessions.ts (needs pgbench, see support/pgbench.ts)
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type BenchDatabase,
  type BenchServer,
  type BenchWorld,
  openBenchWorld,
  PUBLIC_URL,
  SECRETS,
} from './support/bench-world.ts';
import { Generator } from './support/generator.ts';
import { mintKey } from './support/people.ts';
import { pgbench } from './support/pgbench.ts';
import { insertSessions } from './support/refresh-tokens.ts';
import { requestText } from './support/request-text.ts';
import { median, print, printRatio, spread } from './support/rounds.ts';

const ROUNDS = 5;
const HASHES = 60;
const KEY_REQUESTS = 12_000;
const STORM_CONNECTIONS = 16;
const BURST = 200;
const REFRESHES = 10_000;
const REFRESH_CONNECTIONS = [8, 16, 32];
const PGBENCH_SECONDS = 2;

interface Account {
  readonly id: string;
  readonly credentials: { readonly email: string; readonly password: string };
  readonly key: string;
}

function postText(path: string, body: object): string {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
}

async function openAccount(server: BenchServer): Promise<Account> {
  const credentials = {
    email: `bench-${randomBytes(6).toString('hex')}@example.com`,
    password: randomBytes(12).toString('hex'),
  };
  const response = await fetch(`${server.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...credentials, name: 'B' }),
  });
  const { access_token: token, user } = (await response.json()) as { access_token: string; user: { id: string } };
  return { id: user.id, credentials, key: (await mintKey(server, token)).key };
}

function expectOnly(statuses: Record<string, number>, status: string, count: number): void {
  if (statuses[status] !== count) throw new Error(`expected ${count} × ${status}: ${JSON.stringify(statuses)}`);
}

/** Password verifications a second of a loop that does nothing else. */
async function rawHashes(): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'support/raw-argon2.ts'), String(HASHES)],
    { env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '1' } },
  );
  return HASHES / Number(stdout);
}

async function compareLogins(generator: Generator, server: BenchServer, account: Account): Promise<void> {
  const requests = [postText('/api/auth/login', account.credentials)];
  const raw: number[] = [];
  const logins: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    raw.push(await rawHashes());
    const result = await generator.run({ port: server.port, connections: 4, count: HASHES, requests });
    expectOnly(result.statuses, '200', HASHES);
    logins.push(HASHES / result.seconds);
  }
  print(`raw argon2id/s      ${spread(raw, 1)}`);
  print(`logins/s            ${spread(logins, 1)}`);
  printRatio('logins ÷ raw hashes', median(logins) / median(raw), '≥ 0.9');
}

async function stormLogins(generator: Generator, server: BenchServer, account: Account): Promise<void> {
  const storm = new Generator();
  try {
    const keyed = [requestText('/api/auth/whoami', { 'x-api-key': account.key })];
    const order = { port: server.port, connections: 4, count: KEY_REQUESTS, requests: keyed };
    const figures = {
      calm: { rate: [] as number[], p99: [] as number[] },
      storm: { rate: [] as number[], p99: [] as number[] },
    };
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const weather of ['calm', 'storm'] as const) {
        const logins = weather === 'storm' ? logInFor(storm, server, account) : Promise.resolve(0);
        const result = await generator.run(order);
        await logins;
        expectOnly(result.statuses, '200', KEY_REQUESTS);
        if (round < 0) continue;
        figures[weather].rate.push(KEY_REQUESTS / result.seconds);
        figures[weather].p99.push(result.p99Ms);
      }
    }
    for (const [weather, { rate, p99 }] of Object.entries(figures)) {
      print(`key requests/s, ${weather.padEnd(6)}${spread(rate, 0)}   p99 ms ${spread(p99, 1)}`);
    }
    printRatio('throughput, storm ÷ calm', median(figures.storm.rate) / median(figures.calm.rate), '≥ 0.6');
    printRatio('p99, storm ÷ calm', median(figures.storm.p99) / median(figures.calm.p99), '≤ 2');
  } finally {
    storm.stop();
  }
}

/** Sixteen connections that log in all the while; somewhat longer than the requests beside them. */
async function logInFor(storm: Generator, server: BenchServer, account: Account): Promise<void> {
  const requests = [postText('/api/auth/login', account.credentials)];
  const result = await storm.run({ port: server.port, connections: STORM_CONNECTIONS, count: 100, requests });
  expectOnly(result.statuses, '200', 100);
}

/** More logins at once than may wait: the others must be refused at once, not time out. Beside it, what as many requests that ask nothing take. */
async function overflow(generator: Generator, server: BenchServer, account: Account): Promise<void> {
  const order = { port: server.port, connections: BURST, count: BURST };
  const open: number[] = [];
  const refused: number[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const calm = await generator.run({ ...order, requests: [requestText('/health/live', {})] });
    expectOnly(calm.statuses, '200', BURST);
    const { statuses, maxMs } = await generator.run({
      ...order,
      requests: [postText('/api/auth/login', account.credentials)],
    });
    const { 200: served = 0, 503: excess = 0 } = statuses;
    if (served + excess !== BURST || excess === 0) throw new Error(JSON.stringify(statuses));
    if (round < 0) continue;
    open.push(calm.maxMs['200'] ?? 0);
    refused.push(maxMs['503'] ?? 0);
  }
  print(`${BURST} open requests at once: the last answered after ${spread(open, 1)} ms`);
  print(`${BURST} logins at once: the last of the excess refused after ${spread(refused, 1)} ms   target < 50 ms`);
}

async function compareRefreshes(
  generator: Generator,
  world: BenchWorld,
  database: BenchDatabase,
  server: BenchServer,
  account: Account,
): Promise<void> {
  await database.query('create table counted (id int primary key, value int not null)');
  await database.query('insert into counted select n, 0 from generate_series(1, 10000) as n');
  const script = '\\set id random(1, 10000)\nupdate counted set value = value + 1 where id = :id;\n';
  const updating = { url: world.urlOf('postgres', database.name), script, seconds: PGBENCH_SECONDS };
  const issuer = { jwtSecret: SECRETS.JWT_SECRETS, publicUrl: PUBLIC_URL };
  print('connections   pgbench updates/s      prepared               open requests/s        refreshes/s');
  for (const connections of REFRESH_CONNECTIONS) {
    const rates = { simple: [] as number[], prepared: [] as number[], open: [] as number[], refresh: [] as number[] };
    // the first round warms up
    for (let round = -1; round < ROUNDS; round += 1) {
      const simple = await pgbench({ ...updating, connections, protocol: 'simple' });
      const prepared = await pgbench({ ...updating, connections, protocol: 'prepared' });
      const driven = { port: server.port, connections, count: REFRESHES };
      const open = await generator.run({ ...driven, requests: [requestText('/health/live', {})] });
      expectOnly(open.statuses, '200', REFRESHES);
      const tokens = await insertSessions(database, account.id, issuer, REFRESHES);
      const refresh = await generator.run({
        ...driven,
        requests: tokens.map((token) => postText('/api/auth/refresh', { refresh_token: token })),
      });
      expectOnly(refresh.statuses, '200', REFRESHES);
      if (round < 0) continue;
      rates.simple.push(simple);
      rates.prepared.push(prepared);
      rates.open.push(REFRESHES / open.seconds);
      rates.refresh.push(REFRESHES / refresh.seconds);
    }
    const cells = Object.values(rates).map((rate) => spread(rate, 0).padEnd(23));
    print(`${String(connections).padEnd(14)}${cells.join('')}`);
    const refreshes = median(rates.refresh);
    printRatio(`refreshes ÷ updates, ${connections} connections`, refreshes / median(rates.simple), '≥ 0.5');
    print(
      `  ÷ prepared updates ${(refreshes / median(rates.prepared)).toFixed(2)}; open requests ÷ updates ${(median(rates.open) / median(rates.simple)).toFixed(2)}, ÷ prepared ${(median(rates.open) / median(rates.prepared)).toFixed(2)}`,
    );
  }
}

const world = await openBenchWorld();
const generator = new Generator();
try {
  const database = await world.createDatabase('sessions');
  const server = await database.startServer();
  try {
    const account = await openAccount(server);
    await compareLogins(generator, server, account);
    await stormLogins(generator, server, account);
    await overflow(generator, server, account);
    await compareRefreshes(generator, world, database, server, account);
  } finally {
    await server.stop();
  }
} finally {
  generator.stop();
  await world.close();
}
