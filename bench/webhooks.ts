// Webhooks end to end: events committed in batches, fanned out, posted with signatures, receipts durable. Compared in
// interleaved rounds with a raw loop that posts the same bytes over keep-alive connections, one request at a time for
// each endpoint, as the worker does. 5 % of the answers are 500; then the same once more with a dead endpoint beside the
// healthy ones, and the latencies of the healthy ones compared. Needs a build.
// Run: node_modules/.bin/node bench/webhooks.ts [events of one endpoint in a round, default 250]
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

const ENDPOINTS = 16;
const ROUNDS = 5;
const EVENTS = Number(process.argv[2] ?? 250);
const FAILURES_ONE_IN = 20;
const BODY_BYTES = 220;

const ROOT = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'kindly-bench-webhooks-'));

/** The receiver, in a process of its own: counts requests, answers every twentieth with 500 once, tells when each came. */
if (process.argv[2] === 'receiver') {
  const { createServer } = await import('node:http');
  let seen = 0;
  let times: [string, number][] = [];
  const server = createServer((incoming, response) => {
    incoming.resume().once('end', () => {
      times.push([String(incoming.url), Date.now()]);
      seen += 1;
      response.statusCode = seen % FAILURES_ONE_IN === 0 ? 500 : 200;
      response.end('ok');
    });
  }).listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
  process.on('message', (message) => {
    if (message !== 'take') return;
    process.send?.({ times });
    times = [];
  });
} else {
  await main();
}

interface World {
  readonly receiver: ChildProcess;
  readonly receiverUrl: string;
  readonly database: Client;
  readonly api: ReturnType<typeof apiClient>;
}

function apiClient(url: string) {
  return async <Body>(path: string, token: string | null, body: unknown): Promise<Body> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
}

async function take(receiver: ChildProcess): Promise<[string, number][]> {
  receiver.send('take');
  const [{ times }] = (await once(receiver, 'message')) as [{ times: [string, number][] }];
  return times;
}

/** Owners with one endpoint each. */
async function newOwners(world: World, count: number, urlOf: (index: number) => string): Promise<string[]> {
  const owners: string[] = [];
  for (let index = 0; index < count; index++) {
    const email = `bench-${process.pid}-${Date.now()}-${index}@example.com`;
    const session = await world.api<{ access_token: string; user: { id: string } }>('/api/auth/register', null, {
      email,
      password: 'a bench through the house',
      name: 'Bench',
    });
    await world.api('/api/webhooks', session.access_token, { url: urlOf(index), events: ['api_key.updated'] });
    owners.push(session.user.id);
  }
  return owners;
}

/** Commits events for every owner, fifty in a transaction, and waits until each has had its first attempt recorded. */
async function deliver(world: World, owners: readonly string[]): Promise<number> {
  const started = performance.now();
  for (let done = 0; done < EVENTS; done += 50) {
    await world.database.query(
      `insert into outbox_events (id, type, owner_id, actor, occurred_at, data)
       select gen_random_uuid(), 'api_key.updated', owner, '{}', now(), jsonb_build_object('number', n, 'filler', $3::text)
         from generate_series(1, $2::int) n, unnest($1::uuid[]) owner`,
      [owners, Math.min(50, EVENTS - done), 'x'.repeat(BODY_BYTES - 130)],
    );
  }
  await world.database.query("select pg_notify('kindly_work', '')");
  for (;;) {
    const { rows } = await world.database.query<{ is_done: boolean }>(
      `select not exists (select from outbox_events where dispatched_at is null)
          and not exists (select from webhook_deliveries where status = 'pending' and failures = 0) as is_done`,
    );
    if (rows[0]?.is_done) return (owners.length * EVENTS) / ((performance.now() - started) / 1000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The raw loop: the same number of requests and bytes, over as many connections, with nothing else to do. */
async function postRaw(world: World): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify({ filler: 'x'.repeat(BODY_BYTES - 13) });
  const post = (path: string): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const outgoing = request(`${world.receiverUrl}${path}`, { method: 'POST', agent }, (response) => {
      response.resume().once('end', resolve);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
    return promise;
  };
  const started = performance.now();
  await Promise.all(
    Array.from({ length: ENDPOINTS }, async (_, index) => {
      for (let sent = 0; sent < EVENTS; sent++) await post(`/raw/${index}`);
    }),
  );
  agent.destroy();
  return (ENDPOINTS * EVENTS) / ((performance.now() - started) / 1000);
}

/** One event at a time for each healthy endpoint: the time from its commit to its arrival, in milliseconds. */
async function latencies(world: World, owners: readonly string[], deadOwner: string | null): Promise<number[]> {
  await take(world.receiver);
  const began: number[] = [];
  for (let index = 0; index < 60; index++) {
    const all = deadOwner === null ? owners : [...owners, deadOwner];
    began.push(Date.now());
    await world.database.query(
      `insert into outbox_events (id, type, owner_id, actor, occurred_at, data)
       select gen_random_uuid(), 'api_key.updated', owner, '{}', now(), '{}' from unnest($1::uuid[]) owner`,
      [all],
    );
    await world.database.query("select pg_notify('kindly_work', '')");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const byEndpoint = Map.groupBy(await take(world.receiver), ([path]) => path);
  return [...byEndpoint.values()].flatMap((times) =>
    times.slice(0, began.length).map(([, at], index) => at - (began[index] ?? at)),
  );
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;
}

function line(name: string, values: readonly number[], unit: string): string {
  const figures = [quantile(values, 0), quantile(values, 0.5), quantile(values, 1)];
  return `${name.padEnd(46)} ${figures.map((value) => value.toFixed(2)).join(' – ')} ${unit} (min – median – max)\n`;
}

async function main(): Promise<void> {
  const receiver = fork(fileURLToPath(import.meta.url), ['receiver']);
  const [{ port }] = (await once(receiver, 'message')) as [{ port: number }];
  const { startEmbeddedPostgres } = (await import(
    join(ROOT, 'dist/platform/database/embedded/index.js')
  )) as typeof import('../src/platform/database/embedded/index.ts');
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), settings: [] });
  const databaseUrl = `postgresql://${postgres.user}@localhost:${postgres.port}/postgres?host=${encodeURIComponent(postgres.host)}`;
  const server = fork(join(ROOT, 'dist/main.js'), {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      KINDLY_DATA_DIR: directory,
      DATABASE_URL: databaseUrl,
      WEBHOOKS_ALLOW_PRIVATE: 'true',
      RATE_LIMIT_ANONYMOUS: '0',
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_AUTHENTICATED: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ ready }] = (await once(server, 'message')) as [{ ready: string }];
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const world: World = { receiver, receiverUrl: `http://127.0.0.1:${port}`, database, api: apiClient(ready) };
  try {
    await measure(world);
  } finally {
    await database.end();
    server.kill('SIGTERM');
    await once(server, 'exit');
    receiver.kill('SIGTERM');
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(world: World): Promise<void> {
  process.stdout.write(`load average before: ${loadavg()[0]?.toFixed(2)}; ${ENDPOINTS} endpoints × ${EVENTS} events\n`);
  const owners = await newOwners(world, ENDPOINTS, (index) => `${world.receiverUrl}/owner/${index}`);
  await deliver(world, owners);
  await postRaw(world);
  const rates: { ours: number; raw: number }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rates.push({ ours: await deliver(world, owners), raw: await postRaw(world) });
  process.stdout.write(
    line(
      'deliveries, commit to durable receipt',
      rates.map(({ ours }) => ours),
      '/s',
    ) +
      line(
        'raw keep-alive loop',
        rates.map(({ raw }) => raw),
        '/s',
      ) +
      line(
        'ratio (wanted: at least 0.5)',
        rates.map(({ ours, raw }) => ours / raw),
        '',
      ),
  );
  const [dead] = await newOwners(world, 1, () => 'http://127.0.0.1:9/');
  const calm: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    calm.push(quantile(await latencies(world, owners, null), 0.99));
    beside.push(quantile(await latencies(world, owners, dead ?? null), 0.99));
  }
  process.stdout.write(
    line('p99 of healthy endpoints, alone', calm, 'ms') +
      line('p99 of healthy endpoints, beside a dead one', beside, 'ms') +
      line(
        'ratio (wanted: at most 1.3)',
        beside.map((value, round) => value / (calm[round] ?? value)),
        '',
      ),
  );
}
