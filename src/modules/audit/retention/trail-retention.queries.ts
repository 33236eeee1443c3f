import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { codeOf } from '../../../kernel/errors/code-of.js';
import type { ChainPosition } from '../chain/chain-hash.js';

/** The last link before the first row that is kept; of a row from the past that was chained late, nothing after it. */
const FIND_FLOOR = `
  select sequence::text, encode(hash, 'hex') as hash from audit.chain c
   where c.sequence < coalesce(
     (select min(sequence) from audit.chain where occurred_at >= $1),
     (select max(sequence) + 1 from audit.chain))
   order by c.sequence desc limit 1`;

/** Partitions that end before the cutoff and hold nothing that stays. */
const FIND_PASSED = `
  select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'audit.events'::regclass and c.relname ~ '^events_[0-9]{4}_[0-9]{2}$'
     and make_date(substr(c.relname, 8, 4)::int, substr(c.relname, 13, 2)::int, 1) + interval '1 month' <= $1
     and not exists (
       select from audit.chain l where l.sequence > $2
          and l.occurred_at >= make_date(substr(c.relname, 8, 4)::int, substr(c.relname, 13, 2)::int, 1)
          and l.occurred_at < make_date(substr(c.relname, 8, 4)::int, substr(c.relname, 13, 2)::int, 1) + interval '1 month')`;

/** Links, and the rows that went with no partition: those of the default one, and stragglers around the end of a month. */
const DELETE_LINKS = `
  with gone as (
    delete from audit.chain where sequence in (
      select sequence from audit.chain where sequence <= $1 order by sequence limit $2)
    returning event_id, occurred_at
  ), rows as (
    delete from audit.events e using gone g where e.id = g.event_id and e.occurred_at = g.occurred_at
  )
  select count(*)::int as links from gone`;

const BATCH_SIZE = 5_000;

/** Everybody who writes to the trail waits behind whoever waits for it to be free: briefly, with pauses between. */
const LOCK_WAIT_MS = 1_000;
const LOCK_PAUSE_MS = 2_000;
const LOCK_ATTEMPTS = 100;
const LOCK_NOT_AVAILABLE = '55P03';

/** Where a trail ends that keeps nothing from before the cutoff; null: there is no such row. */
export async function findFloor(owner: Client, cutoff: Date): Promise<ChainPosition | null> {
  const { rows } = await owner.query<{ sequence: string; hash: string }>(FIND_FLOOR, [cutoff]);
  return rows[0] ? { sequence: Number(rows[0].sequence), hash: rows[0].hash } : null;
}

/**
 * Deletes all up to a link, in small steps, while the trail is written and read. Broken off anywhere it leaves a trail
 * that verifies, and can be run again. @returns the partitions dropped
 */
export async function deleteUpTo(owner: Client, sequence: number, cutoff: Date): Promise<string[]> {
  await owner.query(`set timezone to 'UTC'; set lock_timeout = ${LOCK_WAIT_MS}`);
  const { rows } = await owner.query<{ name: string }>(FIND_PASSED, [cutoff, sequence]);
  for (const { name } of rows) await dropWhenFree(owner, name);
  let links: number;
  do {
    links = (await owner.query<{ links: number }>(DELETE_LINKS, [sequence, BATCH_SIZE])).rows[0]?.links ?? 0;
  } while (links === BATCH_SIZE);
  await owner.query("delete from audit.heads where kind = 'head' and sequence <= $1", [sequence]);
  return rows.map(({ name }) => name);
}

/** @throws Error with code 55P03 if somebody reads or writes all the time */
async function dropWhenFree(owner: Client, partition: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await owner.query(`drop table audit.${partition}`);
      return;
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE || attempt === LOCK_ATTEMPTS) throw error;
      await pause(LOCK_PAUSE_MS);
    }
  }
}
