import type { EntityManager } from '@mikro-orm/postgresql';
import type { HeadKind, SignedHead } from './signed-head.js';

const COLUMNS = `kind, sequence::text, encode(hash, 'hex') as hash, key_id, encode(signature, 'hex') as signature,
  (extract(epoch from signed_at) * 1000)::bigint::text as signed_at_ms`;

interface HeadRow {
  readonly kind: HeadKind;
  readonly sequence: string;
  readonly hash: string;
  readonly key_id: string;
  readonly signature: string;
  readonly signed_at_ms: string;
}

/** The head that was signed last; null if none was. */
export async function findLastHead(em: EntityManager, kind: HeadKind): Promise<SignedHead | null> {
  const rows = await em.execute<HeadRow[]>(
    `select ${COLUMNS} from audit.heads h where kind = ? order by h.sequence desc limit 1`,
    [kind],
  );
  return rows[0] ? headOf(rows[0]) : null;
}

/** The heads from one sequence to another, both included. */
export async function findHeads(em: EntityManager, from: number, to: number): Promise<SignedHead[]> {
  const rows = await em.execute<HeadRow[]>(
    `select ${COLUMNS} from audit.heads h where kind = 'head' and h.sequence between ? and ? order by h.sequence`,
    [from, to],
  );
  return rows.map(headOf);
}

/** Keeps a signed head. */
export async function saveHead(em: EntityManager, head: SignedHead): Promise<void> {
  await em.execute(
    `insert into audit.heads (kind, sequence, hash, signed_at, key_id, signature)
     values (?, ?, decode(?, 'hex'), ?, ?, decode(?, 'hex')) on conflict do nothing`,
    [head.kind, head.sequence, head.hash, new Date(head.signedAtMs), head.keyId, head.signature],
  );
}

function headOf(row: HeadRow): SignedHead {
  return {
    kind: row.kind,
    sequence: Number(row.sequence),
    hash: row.hash,
    keyId: row.key_id,
    signature: row.signature,
    signedAtMs: Number(row.signed_at_ms),
  };
}
