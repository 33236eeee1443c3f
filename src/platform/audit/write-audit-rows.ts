import { storableJson } from '../../kernel/storable-text.js';
import type { AuditRow } from './audit-entry.js';
import type { PendingTags } from './pending-tags.js';

/**
 * Writes a batch of rows, and puts them in the line for the chain, in one statement. All of them are one JSON parameter,
 * so that a transaction of the ORM and the bare pool can run the same text.
 */
const WRITE_ROWS = (parameter: '?' | '$1'): string => `
  with batch as (
    select * from jsonb_to_recordset(${parameter}::jsonb) as r(
      id uuid, occurred_at timestamptz, type text, owner_id uuid, actor_kind text, actor_id uuid, actor_user_id uuid,
      ip text, request_id uuid, data jsonb, key_id text, tag text)
  ), written as (
    insert into audit.events (id, occurred_at, type, owner_id, actor_kind, actor_id, actor_user_id, ip, request_id, data)
    select id, occurred_at, type, owner_id, actor_kind, actor_id, actor_user_id, ip, request_id, data from batch
  )
  insert into audit.pending (event_id, occurred_at, key_id, tag)
  select id, occurred_at, key_id, decode(tag, 'hex') from batch`;

/** The statement within a transaction of the ORM. */
export const WRITE_AUDIT_ROWS_IN_TRANSACTION = WRITE_ROWS('?');

/** The statement on the pool. */
export const WRITE_AUDIT_ROWS = { name: 'write-audit-rows', text: WRITE_ROWS('$1') };

/** How rows without a transaction of their own share the statement. */
export const AUDIT_ROWS_TOGETHER = { sizeMax: 1_000, groupsMax: 1, waitingMax: 20_000 };

/** The parameter of both. A fact must not be lost because somebody sent what cannot be stored: that is replaced. */
export function auditRowsParameter(rows: readonly AuditRow[], tags: PendingTags): string {
  const batch = rows.map((row) => ({
    id: row.id,
    occurred_at: new Date(row.occurredAtMs).toISOString(),
    type: row.type,
    owner_id: row.ownerId,
    actor_kind: row.actorKind,
    actor_id: row.actorId,
    actor_user_id: row.actorUserId,
    ip: row.ip,
    request_id: row.requestId,
    data: row.data,
    key_id: tags.keyId,
    tag: tags.tagOf(row.id, row.occurredAtMs),
  }));
  return storableJson(batch);
}
