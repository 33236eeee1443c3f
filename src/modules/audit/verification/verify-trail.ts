import type { EntityManager } from '@mikro-orm/postgresql';
import type { PendingTags } from '../../../platform/audit/index.js';
import { chainHash, CHAIN_START, type ChainPosition } from '../chain/chain-hash.js';
import { findHeads, findLastHead } from '../chain/heads.queries.js';
import { ROW_DIGEST } from '../chain/chain.queries.js';
import { isHeadGenuine, type SignedHead } from '../chain/signed-head.js';
import type { SigningKey } from '../chain/signing-key.queries.js';

const BATCH_SIZE = 5_000;

/**
 * What is wrong with the first bad row: its content or its link was `edited`; the row, or its link, was `deleted`; it
 * was `inserted` by somebody else; the trail was `truncated` before it; or a head there is not `signed` by our key.
 */
export type TrailFault = 'edited' | 'deleted' | 'inserted' | 'truncated' | 'signed';

/** The first row that is not as it was written. */
export interface BadRow {
  readonly fault: TrailFault;
  /** Its place in the chain; null: it has none. */
  readonly sequence: number | null;
  /** Null: nothing is left that would tell. */
  readonly eventId: string | null;
}

/** The outcome of a check of the whole trail. */
export interface TrailVerdict {
  readonly firstBad: BadRow | null;
  /** Rows that were found to be as they were written. */
  readonly checked: number;
  /** The last good position. */
  readonly end: ChainPosition;
}

/** What a check is made with. */
export interface VerificationMeans {
  readonly keys: readonly SigningKey[];
  readonly tags: PendingTags;
  /** What this server remembers outside of the database. */
  readonly anchor: SignedHead | null;
}

interface LinkRow {
  readonly sequence: string;
  readonly event_id: string;
  readonly hash: string;
  /** Null: there is no such row. */
  readonly digest: string | null;
}

const READ_LINKS = `
  select c.sequence::text, c.event_id, encode(c.hash, 'hex') as hash,
         case when e.id is not null then encode(${ROW_DIGEST}, 'hex') end as digest
    from (select * from audit.chain where sequence > ? order by sequence limit ${BATCH_SIZE}) c
    left join audit.events e on e.id = c.event_id and e.occurred_at = c.occurred_at
   order by c.sequence`;

/** A page of rows and those of it that are not chained. In one statement, so that a row that is being chained is seen either waiting or chained. */
const FIND_UNCHAINED = `
  with page as materialized (
    select id, occurred_at from audit.events where (id, occurred_at) > (?::uuid, ?::timestamptz)
     order by id, occurred_at limit ${BATCH_SIZE}
  )
  select (select count(*) from page)::int as size, last.id, last.occurred_at::text as occurred_at,
         (select jsonb_agg(jsonb_build_array(
                   e.id, (extract(epoch from e.occurred_at) * 1000)::bigint, p.key_id, encode(p.tag, 'hex')) order by e.id)
            from page e left join audit.pending p on p.event_id = e.id
           where not exists (select from audit.chain c where c.event_id = e.id and c.occurred_at = e.occurred_at)
         ) as unchained
    from (select * from page order by id desc, occurred_at desc limit 1) last`;

/** Comes before every row. */
const BEFORE_ALL = { id: '00000000-0000-0000-0000-000000000000', occurred_at: '-infinity' };

interface UnchainedPage {
  readonly size: number;
  /** Where the page ends. */
  readonly id: string;
  readonly occurred_at: string;
  /** Id, time (epoch milliseconds), and the id of the key and the tag if it waits for its turn; null: all are chained. */
  readonly unchained: readonly [string, number, string | null, string | null][] | null;
}

/**
 * Checks every row of the trail that is left against the chain, the chain against its signed heads and against what was
 * remembered elsewhere, and looks for rows that were never chained. Rows that wait for their turn are good.
 */
export async function verifyTrail(em: EntityManager, means: VerificationMeans): Promise<TrailVerdict> {
  for (;;) {
    const floor = await findLastHead(em, 'floor');
    const verdict = await verifyFrom(em, means, floor);
    // where the trail was pruned meanwhile, what is missed is rightly gone
    const isPruned = (await findLastHead(em, 'floor'))?.sequence !== floor?.sequence;
    if (verdict.firstBad === null || !isPruned) return verdict;
  }
}

async function verifyFrom(
  em: EntityManager,
  means: VerificationMeans,
  floor: SignedHead | null,
): Promise<TrailVerdict> {
  if (floor && !isHeadGenuine(floor, means.keys)) return bad(CHAIN_START, 0, 'signed', floor.sequence, null);
  const start: ChainPosition = floor ?? CHAIN_START;
  const verdict = await followChain(em, means, start);
  if (verdict.firstBad) return verdict;
  const inserted = await findInserted(em, means.tags);
  return inserted ? bad(verdict.end, verdict.checked, 'inserted', null, inserted) : verdict;
}

async function followChain(em: EntityManager, means: VerificationMeans, start: ChainPosition): Promise<TrailVerdict> {
  let end = start;
  for (;;) {
    const links = await em.execute<LinkRow[]>(READ_LINKS, [end.sequence]);
    const heads = await findHeads(em, end.sequence + 1, Number(links.at(-1)?.sequence ?? end.sequence));
    for (const link of links) {
      const hash = chainHash(end.hash, link.digest ?? '');
      const fault = faultOf(link, end.sequence + 1, hash);
      if (fault) return bad(end, end.sequence - start.sequence, fault.fault, fault.sequence, fault.eventId);
      end = { sequence: end.sequence + 1, hash };
      const isVouchedFor = heads
        .filter(({ sequence }) => sequence === end.sequence)
        .every((head) => head.hash === hash && isHeadGenuine(head, means.keys));
      if (!isVouchedFor) return bad(end, end.sequence - start.sequence - 1, 'signed', end.sequence, link.event_id);
      if (isContradicted(means.anchor, end))
        return bad(end, end.sequence - start.sequence - 1, 'edited', end.sequence, link.event_id);
    }
    if (links.length < BATCH_SIZE) return endOf(em, means, start, end);
  }
}

function faultOf(link: LinkRow, expected: number, hash: string): BadRow | null {
  if (Number(link.sequence) !== expected) return { fault: 'deleted', sequence: expected, eventId: null };
  if (link.digest === null) return { fault: 'deleted', sequence: expected, eventId: link.event_id };
  return link.hash === hash ? null : { fault: 'edited', sequence: expected, eventId: link.event_id };
}

function isContradicted(anchor: SignedHead | null, { sequence, hash }: ChainPosition): boolean {
  return anchor !== null && anchor.sequence === sequence && anchor.hash !== hash;
}

/** Heads and anchor must not know of more than there is. */
async function endOf(
  em: EntityManager,
  { anchor }: VerificationMeans,
  start: ChainPosition,
  end: ChainPosition,
): Promise<TrailVerdict> {
  const checked = end.sequence - start.sequence;
  const known = Math.max((await findLastHead(em, 'head'))?.sequence ?? 0, anchor?.sequence ?? 0);
  if (known > end.sequence && (await hasStoppedAt(em, end)))
    return bad(end, checked, 'truncated', end.sequence + 1, null);
  return { firstBad: null, checked, end };
}

/** A head that was signed while the last batch was read is no contradiction. */
async function hasStoppedAt(em: EntityManager, { sequence }: ChainPosition): Promise<boolean> {
  return (await em.execute('select 1 from audit.chain where sequence > ? limit 1', [sequence])).length === 0;
}

/** The first row that nobody has chained and that is not rightly waiting for it. */
async function findInserted(em: EntityManager, tags: PendingTags): Promise<string | null> {
  let after: Pick<UnchainedPage, 'id' | 'occurred_at'> = BEFORE_ALL;
  for (;;) {
    const [page] = await em.execute<UnchainedPage[]>(FIND_UNCHAINED, [after.id, after.occurred_at]);
    const inserted = page?.unchained?.find(
      ([id, at, keyId, tag]) => keyId === null || tag === null || !tags.isValid(keyId, tag, id, at),
    );
    if (inserted) return inserted[0];
    if (!page || page.size < BATCH_SIZE) return null;
    after = page;
  }
}

function bad(
  end: ChainPosition,
  checked: number,
  fault: TrailFault,
  sequence: number | null,
  eventId: string | null,
): TrailVerdict {
  return { firstBad: { fault, sequence, eventId }, checked, end };
}
