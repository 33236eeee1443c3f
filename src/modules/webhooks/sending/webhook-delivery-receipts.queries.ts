import type { Receipt } from './judge-answer.js';

/** The parts of a `with` that write receipts; the parameters are {@link receiptRows} and the time of writing. */
export function writeReceipts(receipts: string, now: string): string {
  return `
  receipt as (
    select * from jsonb_to_recordset(${receipts}::jsonb) as r (delivery_id uuid, attempt int, started_at timestamptz,
      outcome text, http_status smallint, latency_ms int, error text, response_excerpt text, status text,
      failures smallint, next_attempt_at timestamptz)),
  attempts as (
    insert into webhook_attempts as a
           (delivery_id, number, started_at, outcome, http_status, latency_ms, error, response_excerpt)
    select delivery_id, attempt, started_at, outcome, http_status, latency_ms, error, response_excerpt from receipt r
     where exists (select from webhook_deliveries d where d.id = r.delivery_id)
        on conflict (delivery_id, number) do update
       set started_at = excluded.started_at, outcome = excluded.outcome, http_status = excluded.http_status,
           latency_ms = excluded.latency_ms, error = excluded.error, response_excerpt = excluded.response_excerpt),
  deliveries as (
    update webhook_deliveries d
       set status = r.status, failures = r.failures, next_attempt_at = r.next_attempt_at,
           finished_at = case when r.status = 'pending' then null else ${now}::timestamptz end
      from receipt r
     where d.id = r.delivery_id and (d.status = 'pending' or r.status = 'delivered'))`;
}

/** Receipts as {@link writeReceipts} takes them. */
export function receiptRows(receipts: readonly Receipt[]): string {
  return JSON.stringify(receipts.map(toRow));
}

function toRow({ deliveryId, attempt, startedAtMs, answer, status, failures, nextAttemptAtMs }: Receipt) {
  return {
    delivery_id: deliveryId,
    attempt,
    started_at: new Date(startedAtMs),
    outcome: answer.outcome,
    http_status: answer.httpStatus,
    latency_ms: answer.latencyMs,
    error: answer.error,
    response_excerpt: answer.responseExcerpt,
    status,
    failures,
    next_attempt_at: nextAttemptAtMs === null ? null : new Date(nextAttemptAtMs),
  };
}
