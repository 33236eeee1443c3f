// How fast the audit trail takes rows, chains them and is checked, on a PostgreSQL with the durability of production.
// Run after a build: node bench/audit.ts [rows a round] [rounds]
import { strict as assert } from 'node:assert';
import { Pool } from 'pg';
import { openBenchWorld, SECRETS } from './support/bench-world.ts';
import { newBenchPerson } from './support/people.ts';
import { print, spread } from './support/rounds.ts';

const compiled = (file: string): string => new URL(`../dist/platform/audit/${file}`, import.meta.url).href;
const { GroupCommit } = (await import(
  compiled('../database/group-commit.js')
)) as typeof import('../src/platform/database/group-commit.ts');
const { PendingTags } = (await import(
  compiled('pending-tags.js')
)) as typeof import('../src/platform/audit/pending-tags.ts');
const { AUDIT_ROWS_TOGETHER, auditRowsParameter, WRITE_AUDIT_ROWS } = (await import(
  compiled('write-audit-rows.js')
)) as typeof import('../src/platform/audit/write-audit-rows.ts');
const { auditRowOf } = (await import(
  compiled('audit-entry.js')
)) as typeof import('../src/platform/audit/audit-entry.ts');
const { masterKeyFrom } = (await import(
  new URL('../dist/kernel/crypto/seal.js', import.meta.url).href
)) as typeof import('../src/kernel/crypto/seal.ts');

const ROWS = Number(process.argv[2] ?? 40_000);
const ROUNDS = Number(process.argv[3] ?? 5);
/** As many wait for their commit at once. */
const WAITING_MAX = 10_000;

const world = await openBenchWorld();
const database = await world.createDatabase('audit');
const pool = new Pool({ connectionString: world.urlOf('kindly_app', 'audit'), max: 2 });
const tags = new PendingTags([masterKeyFrom(SECRETS.KINDLY_MASTER_KEY)]);
type Row = ReturnType<typeof auditRowOf>;
const trail = new GroupCommit<Row, Row>(async (rows) => {
  await pool.query({ ...WRITE_AUDIT_ROWS, values: [auditRowsParameter(rows, tags)] });
  return rows;
}, AUDIT_ROWS_TOGETHER);

function newRow(): Row {
  const ownerId = '018cf2b8-3c00-7000-8000-000000000001';
  const data = { method: 'POST', path: '/api/keys', check: 'permission', code: 'AUTH_009', detail: null, reason: null };
  return auditRowOf({ type: 'access.denied', ownerId, data }, Date.now());
}

async function writeRound(): Promise<number> {
  const started = performance.now();
  for (let written = 0; written < ROWS; written += WAITING_MAX) {
    const count = Math.min(WAITING_MAX, ROWS - written);
    await Promise.all(Array.from({ length: count }, () => trail.add(newRow())));
  }
  return ROWS / ((performance.now() - started) / 1000);
}

async function aloneRound(): Promise<number> {
  const count = 300;
  const started = performance.now();
  for (let written = 0; written < count; written++) await trail.add(newRow());
  return (performance.now() - started) / count;
}

async function countRows(table: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(`select count(*)::int from audit.${table}`);
  return row?.count ?? Number.NaN;
}

try {
  const token = await administratorToken();
  const before = await countRows('events');
  const written: number[] = [];
  const alone: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    written.push(await writeRound());
    alone.push(await aloneRound());
  }
  await pool.end();
  const rows = ROUNDS * (ROWS + 300);
  assert.equal(await countRows('events'), before + rows);
  const waiting = await countRows('pending');
  assert.ok(waiting >= rows);
  print(`rows written and committed a second, batched       ${spread(written, 0)}   target ≥ 20000`);
  print(`a row alone, ms until it is committed              ${spread(alone, 2)}   target ≤ 5`);
  const server = await database.startServer();
  const started = performance.now();
  while ((await countRows('pending')) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const chainedSeconds = (performance.now() - started) / 1000;
  assert.equal(await countRows('chain'), before + rows);
  print(`rows chained a second                              ${(waiting / chainedSeconds).toFixed(0)}`);
  const checking = performance.now();
  const answer = await fetch(`${server.url}/api/audit/verify`, { headers: { authorization: `Bearer ${token}` } });
  const verdict = (await answer.json()) as { valid: boolean; checked: number };
  assert.ok(verdict.valid && verdict.checked >= rows, JSON.stringify(verdict));
  print(
    `rows checked a second                              ${((verdict.checked * 1000) / (performance.now() - checking)).toFixed(0)}`,
  );
  await server.stop();
} finally {
  await world.close();
}

/** The token of an administrator. */
async function administratorToken(): Promise<string> {
  const server = await database.startServer();
  const { id, token } = await newBenchPerson(server);
  await server.stop();
  // at rest: a server that has seen the account would go on taking it for what it was
  await database.query("update users set role = 'admin' where id = $1", [id]);
  return token;
}
