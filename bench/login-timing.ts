// Whether the time of a refused login tells if the account exists: wrong passwords for e-mail addresses that have an
// account and for some that have none, in turn, from one connection. Run after a build: node bench/login-timing.ts
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type BenchServer, openBenchWorld } from './support/bench-world.ts';
import { median, print, spread } from './support/rounds.ts';

/** A side; fewer show whether the bench works, and no more than that: node bench/login-timing.ts 50 */
const SAMPLES = Number(process.argv[2] ?? 2_000);
/** How often a guess from one time may be right. */
const SHARE_MAX = 0.55;
/** One less than what locks an account. */
const ATTEMPTS_PER_ADDRESS = 9;
const WARM_UP = 20;

function newAddress(): string {
  return `timing-${randomBytes(8).toString('hex')}@example.com`;
}

async function post(server: BenchServer, path: string, body: object): Promise<number> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

async function register(server: BenchServer): Promise<string> {
  const email = newAddress();
  const password = randomBytes(12).toString('hex');
  const status = await post(server, '/api/auth/register', { email, password, name: 'T' });
  if (status !== 201) throw new Error(`register answered ${status}`);
  return email;
}

/** Milliseconds of a login with a wrong password. */
async function timeOf(server: BenchServer, email: string): Promise<number> {
  const start = performance.now();
  const status = await post(server, '/api/auth/login', { email, password: 'wrong horse battery staple' });
  const elapsed = performance.now() - start;
  if (status !== 401) throw new Error(`login answered ${status}`);
  return elapsed;
}

/** How often a guess from one time would be right, by whichever side is the slower: 0.5 tells nothing, 1 everything. */
function distinguishability(known: readonly number[], unknown: readonly number[]): number {
  let slower = 0;
  for (const a of known) for (const b of unknown) slower += a > b ? 1 : a === b ? 0.5 : 0;
  const share = slower / (known.length * unknown.length);
  return Math.max(share, 1 - share);
}

const world = await openBenchWorld();
try {
  const server = await (await world.createDatabase('timing')).startServer();
  try {
    const addresses = Math.ceil((SAMPLES + WARM_UP) / ATTEMPTS_PER_ADDRESS);
    const known: string[] = [];
    for (let count = 0; count < addresses; count += 1) known.push(await register(server));
    const unknown = Array.from({ length: addresses }, newAddress);
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let sample = -WARM_UP; sample < SAMPLES; sample += 1) {
      const position = (sample + WARM_UP) % addresses;
      // who comes first changes, so that what the one leaves behind is not always met by the other
      const order = sample % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
      for (const side of order) {
        const elapsed = await timeOf(server, (side === 'known' ? known : unknown)[position] ?? '');
        if (sample >= 0) times[side].push(elapsed);
      }
    }
    print(`known e-mail    ${spread(times.known, 2)} ms`);
    print(`unknown e-mail  ${spread(times.unknown, 2)} ms`);
    print(
      `difference of the medians  ${(median(times.known) - median(times.unknown)).toFixed(2)} ms   target within 1 ms`,
    );
    const share = distinguishability(times.known, times.unknown);
    print(
      `one time tells which with probability ${share.toFixed(3)}   target at most ${SHARE_MAX} (0.5 tells nothing)`,
    );
  } finally {
    await server.stop();
  }
} finally {
  await world.close();
}
