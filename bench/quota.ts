// What a quota costs: a warm key with a quota beside one without, on the same small request. Both are metered.
// Run after a build: node bench/quota.ts [rounds] [requests a round]
import { openBenchWorld } from './support/bench-world.ts';
import { Generator } from './support/generator.ts';
import { mintKey, newBenchPerson } from './support/people.ts';
import { bestCpu, type Contender, print, printFigures, printRatio, runRounds } from './support/rounds.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = Number(process.argv[3] ?? 20_000);
const BODY = '{"data":{"a":1}}';

function compress(key: string): string {
  const head = [
    'host: 127.0.0.1',
    `x-api-key: ${key}`,
    'content-type: application/json',
    `content-length: ${BODY.length}`,
  ];
  return `POST /api/compression/compress HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${BODY}`;
}

const world = await openBenchWorld();
const generator = new Generator();
const database = await world.createDatabase('quota');
const server = await database.startServer();
let isStopped = false;
try {
  const { token, key: free } = await newBenchPerson(server);
  const quota = { limit: 1_000_000_000, period: 'month' };
  const limited = await mintKey(server, token, { quota });
  const contenders: Contender[] = [
    { name: 'key', port: server.port, pid: server.pid, count: COUNT, requests: () => [compress(free)] },
    {
      name: 'key with a quota',
      port: server.port,
      pid: server.pid,
      count: COUNT,
      requests: () => [compress(limited.key)],
    },
  ];
  const figures = await runRounds(generator, contenders, { rounds: ROUNDS, postgresPid: world.postgresPid });
  await server.stop();
  isStopped = true;
  await assertCharged(limited.id, COUNT * (ROUNDS + 1));
  printFigures(figures);
  printRatio('key with a quota, CPU ÷ key', bestCpu(figures, 'key with a quota') / bestCpu(figures, 'key'), '≤ 1.05');
} finally {
  generator.stop();
  if (!isStopped) await server.stop();
  await world.close();
}

/** Every request has been charged and counted, and none twice. */
async function assertCharged(keyId: string, requests: number): Promise<void> {
  const [row] = await database.query<{ used: number; counted: number }>(
    `select (select used from quota_usage where counter_id = $1) as used,
            (select sum(requests)::int from credential_usage where credential_id = $1) as counted`,
    [keyId],
  );
  if (row?.used !== requests || row.counted !== requests) {
    throw new Error(`charged ${row?.used} and counted ${row?.counted} of ${requests}`);
  }
  print(`${requests} requests: ${row.used} charged, ${row.counted} counted`);
}
