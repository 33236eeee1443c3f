import type { z } from 'zod';
import { verdictsOf, type AccessCheck } from '../../kernel/access/access-checks.js';
import { printCsv } from '../../platform/http/index.js';
import type { AccessDecisionView, AuditEventView } from './audit.dto.js';
import type { EventRow } from './find-events.js';

/** A row of the trail as the API shows it. */
export function viewEvent(row: EventRow): z.infer<typeof AuditEventView> {
  return {
    id: row.id,
    type: row.type,
    occurred_at: printMoment(row),
    owner_id: row.owner_id,
    actor: { kind: row.actor_kind, id: row.actor_id, user_id: row.actor_user_id },
    ip: row.ip,
    request_id: row.request_id,
    data: row.data,
  };
}

/** The first line of an export. */
export const CSV_HEAD = printCsv([
  ['id', 'type', 'occurred_at', 'owner_id', 'actor_kind', 'actor_id', 'actor_user_id', 'ip', 'request_id', 'data'],
]);

/** Rows of the trail as lines of an export. */
export function csvLines(rows: readonly EventRow[]): string {
  return printCsv(
    rows.map((row) => [
      row.id,
      row.type,
      printMoment(row),
      row.owner_id,
      row.actor_kind,
      row.actor_id,
      row.actor_user_id,
      row.ip,
      row.request_id,
      JSON.stringify(row.data),
    ]),
  );
}

/** A refusal on record, as the verdicts of all checks. */
export function viewDecision(row: EventRow): z.infer<typeof AccessDecisionView> {
  const { method, path, check, code, detail, reason } = row.data as Record<string, string | null>;
  return {
    request_id: row.request_id ?? '',
    decided_at: printMoment(row),
    method: method ?? '',
    path: path ?? '',
    owner_id: row.owner_id,
    credential: { kind: row.actor_kind, id: row.actor_id },
    ip: row.ip,
    code: code ?? '',
    detail: detail ?? null,
    reason: reason ?? null,
    checks: verdictsOf(check as AccessCheck),
  };
}

function printMoment(row: EventRow): string {
  return new Date(Number(row.occurred_at_ms)).toISOString();
}
