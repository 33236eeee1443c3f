// Webhooks end to end: events committed in batches, fanned out, posted with signatures, receipts durable; beside raw loops
// that post to the same receiver over as many keep-alive connections, one request at a time on each, with nothing else to
// do, by node:http and by the client that the application uses. Then the latencies of healthy endpoints, alone and beside a dead one.
// Run after a build: node bench/webhooks.ts [events of one endpoint in a round, default 500] [rounds]
import { strict as assert } from 'node:assert';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { openBenchWorld } from './support/bench-world.ts';
import { cpuOf, cpuOfChildren } from './support/cpu.ts';
import { newBenchPerson } from './support/people.ts';
import { FILLER, type RawLoad, postByNode, postByUndici, signedHead } from './support/raw-posts.ts';
import { median, print, spread } from './support/rounds.ts';
import type { Arrivals, ReceiverOrder } from './support/webhook-receiver.ts';

const ENDPOINTS = 16;
const EVENTS = Number(process.argv[2] ?? 500);
const ROUNDS = Number(process.argv[3] ?? 5);
const DELIVERIES = ENDPOINTS * EVENTS;
/** One answer in so many is a 500. */
const FAIL_ONE_IN = 20;
const PULSES = 150;
const PULSE_INTERVAL_MS = 25;

/** Deliveries or requests of one round: how many a second, and the CPU microseconds that one takes of each process. */
interface Round {
  readonly perSecond: number;
  readonly senderUs: number;
  readonly postgresUs: number;
  readonly receiverUs: number;
}

const receiver = fork(join(import.meta.dirname, 'support/webhook-receiver.ts'));
const [{ port }] = (await once(receiver, 'message')) as [{ port: number }];
const receiverUrl = `http://127.0.0.1:${port}`;
const world = await openBenchWorld();
const database = await world.createDatabase('webhooks');
const server = await database.startServer({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
const client = new Client({ connectionString: world.urlOf('kindly_owner', 'webhooks') });
await client.connect();
let isStopped = false;
try {
  const owners: string[] = [];
  for (let index = 0; index < ENDPOINTS; index++) owners.push(await newOwner(`${receiverUrl}/owner/${index}`));
  await compareRates(owners);
  await compareLatencies(owners, await newOwner('http://127.0.0.1:9/'));
  await client.end();
  await server.stop();
  isStopped = true;
} finally {
  if (!isStopped) await server.stop();
  receiver.kill();
  await world.close();
}

async function compareRates(owners: readonly string[]): Promise<void> {
  order(receiver, { failOneIn: FAIL_ONE_IN });
  const signed: RawLoad = { url: receiverUrl, connections: ENDPOINTS, requests: EVENTS, head: signedHead() };
  const bare: RawLoad = { ...signed, head: {} };
  const loops = [
    { name: 'deliveries, commit to durable receipt', run: () => measured(server.pid, () => deliver(owners)) },
    { name: 'raw loop, the same head and body', run: () => measured(process.pid, () => postByNode(signed)) },
    { name: 'raw loop of undici, the same', run: () => measured(process.pid, () => postByUndici(signed)) },
    { name: 'raw loop, the same body', run: () => measured(process.pid, () => postByNode(bare)) },
  ];
  const rounds: Round[][] = loops.map(() => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [index, { run }] of loops.entries()) {
      const figures = await run();
      if (round >= 0) rounds[index]?.push(figures);
    }
  }
  print(`${ENDPOINTS} endpoints × ${EVENTS} events, one answer in ${FAIL_ONE_IN} a failure`);
  print(row('', 'per second', 'CPU µs: sender', 'PostgreSQL', 'receiver'));
  for (const [index, { name }] of loops.entries()) {
    const of = (figure: keyof Round, decimals = 0): string =>
      spread(
        (rounds[index] ?? []).map((round) => round[figure]),
        decimals,
      );
    print(row(name, of('perSecond'), of('senderUs'), of('postgresUs'), of('receiverUs')));
  }
  const [ours = [], ...raw] = rounds;
  for (const [index, loop] of raw.entries()) {
    const ratios = loop.map(({ perSecond }, round) => (ours[round]?.perSecond ?? 0) / perSecond);
    print(`deliveries ÷ ${loops[index + 1]?.name}: ${spread(ratios, 2)}   target ≥ 0.5`);
  }
}

async function compareLatencies(owners: readonly string[], dead: string): Promise<void> {
  order(receiver, { failOneIn: Number.POSITIVE_INFINITY });
  // what has failed is tried again after five seconds
  await new Promise((resolve) => setTimeout(resolve, 6_500));
  await take();
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(quantile(await latencies(owners, null), 0.99));
    beside.push(quantile(await latencies(owners, dead), 0.99));
  }
  print(`p99 of healthy endpoints, ms: alone ${spread(alone, 1)}, beside a dead one ${spread(beside, 1)}`);
  const ratios = beside.map((value, round) => value / (alone[round] ?? value));
  print(
    `beside a dead one ÷ alone: ${spread(ratios, 2)}; of the medians ${(median(beside) / median(alone)).toFixed(2)}   target ≤ 1.3`,
  );
}

function row(...cells: readonly string[]): string {
  return cells.map((cell, column) => cell.padEnd(column === 0 ? 40 : 20)).join('');
}

/** Somebody with one endpoint. @returns the id of the owner */
async function newOwner(url: string): Promise<string> {
  const { id, token } = await newBenchPerson(server);
  const answer = await fetch(`${server.url}/api/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ url, events: ['api_key.updated'] }),
  });
  assert.equal(answer.status, 201);
  return id;
}

async function measured(senderPid: number, run: () => Promise<void>): Promise<Round> {
  const cpu = (): [number, number, number] => [
    cpuOf(senderPid),
    cpuOfChildren(world.postgresPid),
    cpuOf(receiver.pid ?? 0),
  ];
  const before = cpu();
  const started = performance.now();
  await run();
  const seconds = (performance.now() - started) / 1000;
  const [senderUs = 0, postgresUs = 0, receiverUs = 0] = cpu().map(
    (value, index) => (value - (before[index] ?? 0)) / DELIVERIES,
  );
  return { perSecond: DELIVERIES / seconds, senderUs, postgresUs, receiverUs };
}

/** Commits events for every owner, fifty in a transaction, wakes the workers as the application does, and waits until each has had its first attempt recorded. */
async function deliver(owners: readonly string[]): Promise<void> {
  await take();
  for (let done = 0; done < EVENTS; done += 50) {
    await client.query(
      `insert into outbox_events (id, type, owner_id, actor, occurred_at, data)
       select uuidv7(), 'api_key.updated', owner, '{}', now(), jsonb_build_object('number', n, 'filler', $3::text)
         from generate_series(1, $2::int) n, unnest($1::uuid[]) owner`,
      [owners, Math.min(50, EVENTS - done), FILLER],
    );
    await wakeWorkers();
  }
  while (await isWaiting()) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok((await take()).length >= DELIVERIES);
}

/** Whether an event has no delivery yet, or a delivery no first receipt. */
async function isWaiting(): Promise<boolean> {
  const { rows } = await client.query<{ is_waiting: boolean }>(
    `select exists (select from outbox_events where dispatched_at is null)
         or exists (select from webhook_deliveries where status = 'pending' and failures = 0) as is_waiting`,
  );
  return rows[0]?.is_waiting ?? true;
}

async function wakeWorkers(): Promise<void> {
  await client.query("select pg_notify('kindly_work', '')");
}

/** One event at a time for each healthy endpoint: the time from its commit to its arrival, in milliseconds. */
async function latencies(owners: readonly string[], dead: string | null): Promise<number[]> {
  const committed = new Map<string, number>();
  for (let pulse = 0; pulse < PULSES; pulse++) {
    const { rows } = await client.query<{ id: string; owner_id: string }>(
      `insert into outbox_events (id, type, owner_id, actor, occurred_at, data)
       select uuidv7(), 'api_key.updated', owner, '{}', now(), '{}' from unnest($1::uuid[]) owner
       returning id, owner_id`,
      [dead === null ? owners : [...owners, dead]],
    );
    const at = performance.timeOrigin + performance.now();
    for (const { id, owner_id } of rows) if (owner_id !== dead) committed.set(id, at);
    await wakeWorkers();
    await new Promise((resolve) => setTimeout(resolve, PULSE_INTERVAL_MS));
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const arrivals = new Map(await take());
  return [...committed].map(([id, at]) => {
    const arrived = arrivals.get(id);
    assert.ok(arrived !== undefined, 'an event has not arrived');
    return arrived - at;
  });
}

async function take(): Promise<Arrivals> {
  order(receiver, 'take');
  const [{ arrivals }] = (await once(receiver, 'message')) as [{ arrivals: Arrivals }];
  return arrivals;
}

function order(child: ChildProcess, message: ReceiverOrder): void {
  child.send(message);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
}
