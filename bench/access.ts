// What it costs to know who calls: a warm key and a warm token beside the same route without a credential, a key that
// is in no cache, and a table of a thousand keys beside one of a million.
// Run after a build: node bench/access.ts [rounds] [requests a round]
import { openBenchWorld } from './support/bench-world.ts';
import { Generator } from './support/generator.ts';
import { insertIdleKeys, insertKeys, newBenchPerson, statusOf } from './support/people.ts';
import { requestText } from './support/request-text.ts';
import { bestCpu, type Contender, print, printFigures, printRatio, runRounds } from './support/rounds.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const COUNT = Number(process.argv[3] ?? 20_000);
const COLD_COUNT = Math.floor(COUNT / 4);
const SMALL = 1_000;
const LARGE = 1_000_000;

/** Answers without asking anything; open to everyone, but a credential that comes along is verified all the same. */
const PATH = '/health/live';

/** An operation that nobody may call without a credential; beside a public one a bad credential counts as none. */
const GUARDED_PATH = '/api/auth/whoami';

const world = await openBenchWorld();
const generator = new Generator();
const [small, large] = [await world.createDatabase('small'), await world.createDatabase('large')];
const [smallServer, largeServer] = [await small.startServer(), await large.startServer()];
try {
  const [alice, bob] = [await newBenchPerson(smallServer), await newBenchPerson(largeServer)];
  await insertIdleKeys(small, alice.id, SMALL);
  print(`inserting ${LARGE} keys …`);
  await insertIdleKeys(large, bob.id, LARGE);
  const coldKeys = await insertKeys(large, bob.id, COLD_COUNT * (ROUNDS + 1));
  await assertCorrect();

  const always = (headers: Record<string, string>) => (): string[] => [requestText(PATH, headers)];
  const near = { port: smallServer.port, pid: smallServer.pid, count: COUNT };
  const far = { port: largeServer.port, pid: largeServer.pid, count: COUNT };
  const contenders: Contender[] = [
    // the same bytes to parse, under a name that means nothing
    { ...near, name: 'no credential', requests: always({ 'x-nothing': alice.key }) },
    { ...near, name: 'warm key', requests: always({ 'x-api-key': alice.key }) },
    { ...near, name: 'no credential, long header', requests: always({ 'x-not-a-token': `Bearer ${alice.token}` }) },
    { ...near, name: 'warm token', requests: always({ authorization: `Bearer ${alice.token}` }) },
    { ...far, name: 'warm key of 1,000,000', requests: always({ 'x-api-key': bob.key }) },
    {
      ...far,
      name: 'cold keys of 1,000,000',
      count: COLD_COUNT,
      requests: (round) =>
        coldKeys
          .slice((round + 1) * COLD_COUNT, (round + 2) * COLD_COUNT)
          .map((key) => requestText(PATH, { 'x-api-key': key })),
    },
  ];
  const figures = await runRounds(generator, contenders, { rounds: ROUNDS, postgresPid: world.postgresPid });
  await assertCorrect();
  await assertAskedFor(COLD_COUNT * (ROUNDS + 1));

  printFigures(figures);
  const cpu = (name: string): number => bestCpu(figures, name);
  printRatio('warm key, requests per CPU second ÷ no credential', cpu('no credential') / cpu('warm key'), '≥ 0.85');
  printRatio(
    'warm token, requests per CPU second ÷ no credential',
    cpu('no credential, long header') / cpu('warm token'),
    '≥ 0.85',
  );
  printRatio(
    'cold key, requests per CPU second ÷ warm key',
    cpu('warm key of 1,000,000') / cpu('cold keys of 1,000,000'),
    '≥ 0.40',
  );
  printRatio('warm key of 1,000,000, CPU ÷ of 1,000', cpu('warm key of 1,000,000') / cpu('warm key'), '≤ 1.10');

  /** A benchmark of a server that lets everybody in, or nobody, would be worth nothing. */
  async function assertCorrect(): Promise<void> {
    const [revoked = ''] = await insertKeys(large, bob.id, 1);
    const wrong = `${alice.token.slice(0, -8)}AAAAAAAA`;
    await expectStatus(statusOf(largeServer, GUARDED_PATH, { 'x-api-key': revoked }), 200);
    await large.query(`update api_keys set revoked_at = now() where digest = sha256(convert_to($1, 'UTF8'))`, [
      revoked,
    ]);
    await large.query(
      `select pg_notify('kindly_invalidation', 'key:' || id) from api_keys where digest = sha256(convert_to($1, 'UTF8'))`,
      [revoked],
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expectStatus(statusOf(largeServer, GUARDED_PATH, { 'x-api-key': revoked }), 401);
    await expectStatus(statusOf(smallServer, GUARDED_PATH, { 'x-api-key': bob.key }), 401);
    await expectStatus(statusOf(smallServer, GUARDED_PATH, { authorization: `Bearer ${wrong}` }), 401);
  }

  async function expectStatus(answered: Promise<number>, expected: number): Promise<void> {
    const status = await answered;
    if (status !== expected) throw new Error(`expected ${expected}, got ${status}`);
  }

  /** That the cold keys were cold: PostgreSQL has found at least so many. Its counters may lag some seconds. */
  async function assertAskedFor(lookups: number): Promise<void> {
    let found = 0;
    for (let attempt = 0; attempt < 20 && found < lookups; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const [row] = await large.query<{ found: string }>(
        `select sum(idx_tup_read) as found from pg_stat_user_indexes where relname = 'api_keys' and indexrelname like '%digest%'`,
      );
      found = Number(row?.found);
    }
    if (found < lookups) throw new Error(`PostgreSQL found ${found} keys, not ${lookups}`);
  }
} finally {
  generator.stop();
  await Promise.all([smallServer.stop(), largeServer.stop()]);
  await world.close();
}
