import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { SECRETS, type Secrets } from '../../platform/config/index.js';
import { PendingTags } from '../../platform/audit/index.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/log/index.js';
import { chainHash, CHAIN_START, type ChainPosition } from './chain-hash.js';
import { ChainSigner } from './chain-signer.js';
import { ROW_DIGEST } from './row-digest.sql.js';

/** Rows that are chained in one transaction. */
const BATCH_MAX = 5_000;

const TRY_TO_LEAD = `select pg_try_advisory_xact_lock(hashtext('kindly.audit-chain')) as leads`;

// ordered by the column: the output of the same name is a text, and '9' comes after '10'
const FIND_LAST = `select sequence::text, encode(hash, 'hex') as hash from audit.chain c order by c.sequence desc limit 1`;

/** What this process's keys cannot judge is left to one that has the key. */
const FIND_PENDING = `
  select p.event_id, (extract(epoch from p.occurred_at) * 1000)::bigint::text as occurred_at_ms, p.key_id,
         encode(p.tag, 'hex') as tag, encode(${ROW_DIGEST}, 'hex') as digest,
         exists (select from audit.chain c where c.event_id = p.event_id) as is_chained
    from audit.pending p join audit.events e on e.id = p.event_id and e.occurred_at = p.occurred_at
   where p.key_id in (select jsonb_array_elements_text(?::jsonb))
   order by p.event_id limit ${BATCH_MAX}`;

const APPEND = `
  insert into audit.chain (sequence, event_id, occurred_at, hash)
  select sequence, event_id, to_timestamp(occurred_at_ms / 1000.0), decode(hash, 'hex')
    from jsonb_to_recordset(?::jsonb) as l(sequence bigint, event_id uuid, occurred_at_ms numeric, hash text)`;

const CLEAR_PENDING = `
  delete from audit.pending where event_id in (select value::uuid from jsonb_array_elements_text(?::jsonb))`;

interface PendingRow {
  readonly event_id: string;
  readonly occurred_at_ms: string;
  readonly key_id: string;
  readonly tag: string;
  readonly digest: string;
  /** Somebody has put a row that is chained in line again: it must not hold up the others. */
  readonly is_chained: boolean;
}

interface Link {
  readonly sequence: number;
  readonly event_id: string;
  readonly occurred_at_ms: number;
  readonly hash: string;
}

/**
 * Chains committed rows, in batches in the order in which they were committed. Whoever gets the lock leads for one
 * transaction; a leader that dies leaves nothing half done, and the next one goes on from what is committed.
 */
@Injectable()
export class AuditChain {
  private readonly tags: PendingTags;

  constructor(
    private readonly database: Database,
    private readonly signer: ChainSigner,
    @Inject(SECRETS) secrets: Secrets,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.tags = new PendingTags(secrets.masterKeys);
  }

  /** Chains what is waiting, unless another process is at it, and signs the head if it is time. */
  async advance(): Promise<void> {
    while ((await this.chainBatch()) === BATCH_MAX);
  }

  private chainBatch(): Promise<number> {
    return this.database.transaction(async (em) => {
      const [lock] = await em.execute<{ leads: boolean }[]>(TRY_TO_LEAD);
      if (!lock?.leads) return 0;
      const last = await lastPosition(em);
      const pending = await em.execute<PendingRow[]>(FIND_PENDING, [JSON.stringify(this.tags.keyIds)]);
      const links = this.link(pending, last);
      if (pending.length > 0) await append(em, links, pending);
      await this.signer.signIfDue(em, links.at(-1) ?? last);
      return pending.length;
    });
  }

  private link(pending: readonly PendingRow[], last: ChainPosition): Link[] {
    const links: Link[] = [];
    let { sequence, hash } = last;
    for (const row of pending) {
      const occurredAtMs = Number(row.occurred_at_ms);
      if (row.is_chained || !this.tags.isValid(row.key_id, row.tag, row.event_id, occurredAtMs)) {
        this.log.error(
          { event_id: row.event_id },
          'a row waits for the audit chain that this application has not put there',
        );
        continue;
      }
      sequence += 1;
      hash = chainHash(hash, row.digest);
      links.push({ sequence, event_id: row.event_id, occurred_at_ms: occurredAtMs, hash });
    }
    return links;
  }
}

/** The end of the chain; of one that has been cut to nothing, where it was cut. */
async function lastPosition(em: EntityManager): Promise<ChainPosition> {
  const [last] = await em.execute<{ sequence: string; hash: string }[]>(FIND_LAST);
  if (last) return { sequence: Number(last.sequence), hash: last.hash };
  const [head] = await em.execute<{ sequence: string; hash: string }[]>(
    `select sequence::text, encode(hash, 'hex') as hash from audit.heads h order by h.sequence desc limit 1`,
  );
  return head ? { sequence: Number(head.sequence), hash: head.hash } : CHAIN_START;
}

async function append(em: EntityManager, links: readonly Link[], pending: readonly PendingRow[]): Promise<void> {
  await em.execute(APPEND, [JSON.stringify(links)]);
  await em.execute(CLEAR_PENDING, [JSON.stringify(pending.map((row) => row.event_id))]);
}
