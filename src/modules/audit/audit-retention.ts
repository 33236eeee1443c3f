import { Inject, Injectable } from '@nestjs/common';
import { Client } from 'pg';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { monthPartition } from '../../platform/audit/index.js';
import { Database } from '../../platform/database/index.js';
import { AuditChain } from './audit-chain.js';
import type { ChainPosition } from './chain-hash.js';
import { ChainSigner } from './chain-signer.js';

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

/** What the partitions did not take along: rows of the default partition, and stragglers around the end of a month. */
const DELETE_EVENTS = `
  delete from audit.events e using audit.chain c
   where c.sequence <= $1 and e.id = c.event_id and e.occurred_at = c.occurred_at`;

/** Deletes what is older than an installation keeps. */
@Injectable()
export class AuditRetention {
  constructor(
    private readonly database: Database,
    private readonly chain: AuditChain,
    private readonly signer: ChainSigner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Deletes the whole months before the last `months` ones, as the owner of the tables. Where the trail begins then is
   * signed first, so that a check can tell this from a trail that somebody has cut. @returns the partitions dropped
   */
  async prune(ownerUrl: string, months: number): Promise<string[]> {
    await this.chain.advance();
    const cutoff = monthPartition(this.clock.now(), -months).from;
    const floor = await this.findFloor(cutoff);
    if (!floor) return [];
    await this.database.transaction((em) => this.signer.sign(em, 'floor', floor));
    const owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    try {
      return await deleteUpTo(owner, floor.sequence, cutoff);
    } finally {
      await owner.end();
    }
  }

  private async findFloor(cutoff: Date): Promise<ChainPosition | null> {
    const { rows } = await this.database.query<{ sequence: string; hash: string }>(FIND_FLOOR, [cutoff]);
    return rows[0] ? { sequence: Number(rows[0].sequence), hash: rows[0].hash } : null;
  }
}

async function deleteUpTo(owner: Client, sequence: number, cutoff: Date): Promise<string[]> {
  await owner.query('begin');
  await owner.query("set local timezone to 'UTC'");
  const { rows } = await owner.query<{ name: string }>(FIND_PASSED, [cutoff, sequence]);
  for (const { name } of rows) await owner.query(`drop table audit.${name}`);
  await owner.query(DELETE_EVENTS, [sequence]);
  await owner.query('delete from audit.chain where sequence <= $1', [sequence]);
  await owner.query("delete from audit.heads where kind = 'head' and sequence <= $1", [sequence]);
  await owner.query('commit');
  return rows.map(({ name }) => name);
}
