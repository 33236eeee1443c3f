// What the bookkeeping of each request costs, apart from HTTP: the rate limit, the metrics and the usage. The peer is the storage
// that @nestjs/throttler brings along. Interleaved rounds; compare the ratios, not the nanoseconds.
//
//   npm run build && node_modules/.bin/node bench/request-bookkeeping.ts
import { strict as assert } from 'node:assert';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ThrottlerStorageService } from '@nestjs/throttler';
import { Histogram, Registry } from 'prom-client';

const compiled = (file: string): string => new URL(`../dist/platform/limits/${file}`, import.meta.url).href;
const { MemoryStorage } = (await import(
  compiled('memory-storage.js')
)) as typeof import('../src/platform/limits/memory-storage.ts');
const { setRateHeaders } = (await import(
  compiled('rate-headers.js')
)) as typeof import('../src/platform/limits/rate-headers.ts');
const { ratePolicies } = (await import(
  compiled('rate-policy.js')
)) as typeof import('../src/platform/limits/rate-policy.ts');

const tallies = (await import(
  new URL('../dist/modules/analytics/recording/request-tally.js', import.meta.url).href
)) as typeof import('../src/modules/analytics/recording/request-tally.ts');
const { parseAddress } = (await import(
  new URL('../dist/kernel/net/address.js', import.meta.url).href
)) as typeof import('../src/kernel/net/address.ts');

const ROUNDS = 7;
const CALLS = 20_000;
const CALLERS = 1_000;
const WINDOW_MS = 60_000;

const policy = ratePolicies({ anonymous: 100, login: 10, authenticated: 1000 }).authenticated;
const keys = Array.from({ length: CALLERS }, (_, caller) => `authenticated:api_key:caller-${caller}`);
const keyOf = (call: number): string => keys[call % CALLERS] ?? '';

const memory = new MemoryStorage({ now: () => Date.now() });
const packaged = new ThrottlerStorageService();
const histogram = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'as in the application',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [new Registry()],
});
const request = new IncomingMessage(new Socket());
const finished = {
  principal: { userId: 'u', credentialId: 'c', kind: 'api_key' },
  route: 'GET /api/keys/:id',
  status: 200,
  refusal: null,
  address: parseAddress('203.0.113.7'),
} as Parameters<typeof tallies.countRequest>[1];
const tally = tallies.emptyTally(finished, 0);

const subjects: Record<string, (call: number) => unknown> = {
  'count in memory, 1,000 callers': (call) => memory.increment(keyOf(call), WINDOW_MS, 1_000_000),
  'count in memory, one caller': () => memory.increment('one', WINDOW_MS, 1_000_000),
  'packaged storage, 1,000 callers': (call) =>
    packaged.increment(keyOf(call), WINDOW_MS, 1_000_000, WINDOW_MS, 'authenticated'),
  'the five headers (on a new response)': () => {
    const response = new ServerResponse(request);
    setRateHeaders(response, {
      policy,
      hits: 1,
      remaining: 999,
      secondsLeft: 60,
      resetsAtSeconds: 1_700_000_000,
      isExceeded: false,
    });
    return response;
  },
  'a new response alone': () => new ServerResponse(request),
  'observe a request': (call) =>
    histogram.observe({ method: 'GET', route: '/api/keys/:id', status: 200 }, (call % 100) / 1000),
  'count a request for analytics': () => tallies.countRequest(tally, finished),
};

async function nanosecondsPerCall(work: (call: number) => unknown): Promise<number> {
  const started = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) await work(call);
  return Number(process.hrtime.bigint() - started) / CALLS;
}

// correctness inside the run: what is measured does count
const counted = await memory.increment('check', WINDOW_MS, 1);
assert.deepEqual([counted.totalHits, counted.isBlocked], [1, false]);
assert.equal((await memory.increment('check', WINDOW_MS, 1)).isBlocked, true);

const counts = tallies.emptyTally(finished, 0);
tallies.countRequest(counts, finished);
assert.deepEqual(counts.counts.status.get('200'), { requests: 1, errors: 0 });

const results = new Map<string, number[]>(Object.keys(subjects).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, work] of Object.entries(subjects)) results.get(name)?.push(await nanosecondsPerCall(work));
}

process.stdout.write('ns a call (min / median / max)\n');
for (const [name, found] of results) {
  const sorted = found.toSorted((a, b) => a - b).map(Math.round);
  const figures = [sorted[0], sorted[Math.floor(ROUNDS / 2)], sorted.at(-1)].join(' / ');
  process.stdout.write(`${name.padEnd(40)} ${figures}\n`);
}
packaged.onApplicationShutdown();
