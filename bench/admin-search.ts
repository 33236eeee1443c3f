// How long an administrator waits who searches all keys, or asks which of them the policy would not allow today.
// Run after a build: node bench/admin-search.ts [--keys 1000000] [--rounds 30]
import { strict as assert } from 'node:assert';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type BenchServer, openBenchWorld } from './support/bench-world.ts';
import { FIRST_KEY_MS, insertNamedKeys, newBenchPerson } from './support/people.ts';
import { median, print } from './support/rounds.ts';

const { values } = parseArgs({
  options: { keys: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '30' } },
});
const KEYS = Number(values.keys);
const ROUNDS = Number(values.rounds);
const TARGET_MS = KEYS > 1_000_000 ? 300 : 100;
/** Of each rule of the policy, one key in so many breaks it: the worst case, because no page fills soon. */
const RARE = 50_000;

interface Answer {
  readonly data: readonly unknown[];
}

const world = await openBenchWorld();
try {
  const database = await world.createDatabase('search');
  const minting = await database.startServer();
  const { id, token } = await newBenchPerson(minting);
  const emptyMs = await mintingMs(minting, token);
  await minting.stop();
  await database.query("update users set role = 'admin' where id = $1", [id]);
  print(`inserting ${KEYS} keys …`);
  const sample = await insertNamedKeys(database, KEYS, RARE);
  const server = await database.startServer();
  print(`load average ${loadavg()[0]?.toFixed(1)}, ${ROUNDS} rounds; target ≤ ${TARGET_MS} ms`);
  await measureSearches(server, token, sample);
  await measurePolicy(server, token);
  print(
    `minting a key, median ms: ${emptyMs.toFixed(1)} in an empty table, ${(await mintingMs(server, token)).toFixed(1)} in this one`,
  );
  await server.stop();
} finally {
  await world.close();
}

async function measureSearches(
  server: BenchServer,
  token: string,
  sample: Awaited<ReturnType<typeof insertNamedKeys>>,
) {
  const cursor = cursorInTheMiddle();
  const cases: [name: string, query: string, hits: 'some' | 'none'][] = [
    ['part of a name that an eighth of the keys has', 'q=payments', 'some'],
    ['part of a name, of one key in 250', 'q=production%20a', 'some'],
    ['part of a name that some keys have', `q=${sample.rarePart}`, 'some'],
    ['the beginning of a word, two characters', 'q=im', 'some'],
    ['part of a name that no key has', 'q=no%20such%20name', 'none'],
    ['its trigrams are common, but not together', 'q=productionstaging', 'none'],
    ['the last four characters of the key', `q=${sample.hintEnd}`, 'some'],
    ['the id of a key', `q=${sample.keyId}`, 'some'],
    ['the e-mail address of an owner', `q=${encodeURIComponent(sample.email)}`, 'some'],
    ['no word, the first page', '', 'some'],
    ['no word, a page in the middle', `cursor=${cursor}`, 'some'],
    ['a common name, a page in the middle', `q=payments&cursor=${cursor}`, 'some'],
    ['a rare name, a page in the middle', `q=${sample.rarePart}&cursor=${cursor}`, 'some'],
    ['status=quarantined, of which there is none', 'status=quarantined', 'none'],
    ['environment=dev', 'environment=dev', 'some'],
  ];
  for (const [name, query, hits] of cases) {
    await measure(name, hits, () => get(server, token, `/api/admin/keys?${query}`));
  }
}

async function measurePolicy(server: BenchServer, token: string): Promise<void> {
  const rules = [
    ['violations: addresses, one key in 50,000', { prod_keys_need_ip_list: true }],
    ['violations: wildcards, one key in 50,000', { forbid_wildcards: true }],
    ['violations: life, one key in 50,000', { key_life_days_max: 30 }],
    ['violations: life, all keys', { key_life_days_max: 1 }],
    ['violations: all three rules', { prod_keys_need_ip_list: true, forbid_wildcards: true, key_life_days_max: 30 }],
    ['violations: too many keys of an owner, of nobody', { keys_per_user_max: 1_000 }],
    ['violations: too many keys of an owner, of everybody', { keys_per_user_max: 10 }],
  ] as const;
  const none = {
    prod_keys_need_ip_list: false,
    forbid_wildcards: false,
    key_life_days_max: null,
    keys_per_user_max: null,
  };
  for (const [name, policy] of rules) {
    await send(server, token, 'PATCH', '/api/admin/policy', { ...none, ...policy });
    const hits = name.endsWith('of nobody') ? 'none' : 'some';
    await measure(name, hits, () => get(server, token, '/api/admin/policy/violations'));
  }
  await send(server, token, 'PATCH', '/api/admin/policy', none);
}

/** Prints the median and the 95th percentile of some rounds. A search that finds nothing where it should is no search. */
async function measure(name: string, hits: 'some' | 'none', ask: () => Promise<Answer>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const { data } = await ask();
    times.push(performance.now() - started);
    assert.equal(data.length > 0 ? 'some' : 'none', hits, name);
  }
  const p95 = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS * 0.95)] ?? Number.NaN;
  print(`${name.padEnd(52)} median ${median(times).toFixed(1).padStart(7)} ms   p95 ${p95.toFixed(1).padStart(7)} ms`);
}

/** The cursor of a page deep in the list: `insertNamedKeys` makes a key each five milliseconds of UUID v7's time. */
function cursorInTheMiddle(): string {
  const milliseconds = (FIRST_KEY_MS + 5 * Math.floor(KEYS / 2)).toString(16).padStart(12, '0');
  return Buffer.from(`${milliseconds}70008000000000000000`, 'hex').toString('base64url');
}

async function mintingMs(server: BenchServer, token: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await send(server, token, 'POST', '/api/keys', { name: `minted in round ${round}` });
    times.push(performance.now() - started);
  }
  return median(times);
}

function get(server: BenchServer, token: string, path: string): Promise<Answer> {
  return send(server, token, 'GET', path) as Promise<Answer>;
}

async function send(server: BenchServer, token: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
