// How long questions about usage take with ten million rows of one owner: a thousand keys that are used in each hour of
// thirty days, by two statuses, six routes and six addresses. Through HTTP, by the clock, one at a time.
// Run after a build: node bench/analytics.ts [rounds] [keys]
import { type BenchDatabase, openBenchWorld } from './support/bench-world.ts';
import { newBenchPerson } from './support/people.ts';
import { print, spread } from './support/rounds.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const KEYS = Number(process.argv[3] ?? 1_000);
const HOURS = 720;
const HOUR_MS = 3_600_000;
const VALUES = { status: 2, route: 6, ip: 6 } as const;

const world = await openBenchWorld();
const database = await world.createDatabase('analytics');
const server = await database.startServer();
try {
  const { id: ownerId, key } = await newBenchPerson(server);
  // the hour in which the questions themselves are counted is left out
  const to = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const from = to - HOURS * HOUR_MS;
  const keyId = await seed(database, ownerId, new Date(from));
  const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const each = HOURS * VALUES.status;
  print(`${KEYS} keys, ${await rowsOf('usage_hours')} rows of hours, ${await rowsOf('usage_days')} of days`);
  await measure('30 days, by key', `${range}&group_by=key`, { entries: KEYS, requests: KEYS * each });
  await measure('30 days, one key by route', `${range}&group_by=route&credential_id=${keyId}`, {
    entries: VALUES.route,
    requests: HOURS * VALUES.route,
  });
  await measure('30 days, all keys by address', `${range}&group_by=ip`, {
    entries: VALUES.ip,
    requests: KEYS * HOURS * VALUES.ip,
  });
  await measure('30 days, one key by hour', `${range}&interval=hour&credential_id=${keyId}`, {
    entries: HOURS,
    requests: each,
  });

  async function measure(name: string, query: string, expected: { entries: number; requests: number }): Promise<void> {
    const times: number[] = [];
    for (let round = -1; round < ROUNDS; round += 1) {
      const begun = performance.now();
      const response = await fetch(`${server.url}/api/analytics/usage?${query}`, { headers: { 'x-api-key': key } });
      const body = (await response.json()) as { requests: number; data: unknown[] };
      if (round >= 0) times.push(performance.now() - begun);
      if (body.requests !== expected.requests || body.data.length !== expected.entries) {
        throw new Error(`${name}: ${response.status} ${JSON.stringify(body).slice(0, 300)}`);
      }
    }
    print(`${name.padEnd(32)} ${spread(times, 0)} ms`);
  }
} finally {
  await server.stop();
  await world.close();
}

async function rowsOf(table: string): Promise<string> {
  const [row] = await database.query<{ rows: string }>(`select count(*) as rows from ${table}`);
  return row?.rows ?? '0';
}

/** Fills the hours, and the days as their sums. @returns the id of one of the keys */
async function seed(target: BenchDatabase, ownerId: string, from: Date): Promise<string> {
  await target.query('create table bench_keys as select gen_random_uuid() as id from generate_series(1, $1::int)', [
    KEYS,
  ]);
  for (const [dimension, values] of Object.entries(VALUES)) {
    await target.query(
      `insert into usage_hours (owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors)
       select $1, $2, $3::timestamptz + h * interval '1 hour', k.id, (200 + v)::text, 'api_key', 1, 0
         from generate_series(0, ${HOURS - 1}) h cross join bench_keys k cross join generate_series(1, ${values}) v`,
      [ownerId, dimension, from],
    );
  }
  await target.query(
    `insert into usage_days (owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors)
     select owner_id, dimension, date_trunc('day', bucket, 'UTC'), credential_id, value, credential_kind, sum(requests), sum(errors)
       from usage_hours where owner_id = $1 and credential_kind = 'api_key' and credential_id in (select id from bench_keys)
      group by 1, 2, 3, 4, 5, 6`,
    [ownerId],
  );
  await target.query('vacuum analyze usage_hours, usage_days');
  const [row] = await target.query<{ id: string }>('select id from bench_keys limit 1');
  return row?.id ?? '';
}
