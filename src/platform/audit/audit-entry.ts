import type { Principal } from '../../kernel/access/principal.js';
import type { EventType } from '../../kernel/events/event-types.js';
import { newId } from '../../kernel/ids.js';
import { currentContext } from '../context/index.js';
import './audit.events.js';

/** A fact for the audit trail, named `noun.past`. Holds no secret. */
export interface AuditEntry {
  readonly type: EventType;
  /** Whose trail it belongs to; null: nobody's but the administrators'. */
  readonly ownerId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** Who did it, where that is not the principal of the request: somebody who has just logged in. */
  readonly actor?: Pick<Principal, 'kind' | 'credentialId' | 'userId'> | undefined;
}

/** The columns of a row of the trail. */
export interface AuditRow {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly occurredAtMs: number;
  readonly type: string;
  readonly ownerId: string | null;
  readonly actorKind: string | null;
  readonly actorId: string | null;
  readonly actorUserId: string | null;
  readonly ip: string | null;
  readonly requestId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The row of an entry: who did it, from where and in which request come from the request being served. */
export function auditRowOf(entry: AuditEntry, nowMs: number): AuditRow {
  const context = currentContext();
  const actor = entry.actor ?? context?.principal;
  return {
    id: newId(nowMs),
    occurredAtMs: nowMs,
    type: entry.type,
    ownerId: entry.ownerId,
    actorKind: actor?.kind ?? null,
    actorId: actor?.credentialId ?? null,
    actorUserId: actor?.userId ?? null,
    ip: context?.address?.text ?? null,
    requestId: context?.requestId ?? null,
    data: entry.data,
  };
}
