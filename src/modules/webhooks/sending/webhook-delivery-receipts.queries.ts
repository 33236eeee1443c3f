import { storableJson } from '../../../kernel/storable-text.js';
import type { Database } from '../../../platform/database/index.js';
import { type ClaimedDelivery, DELIVERIES_MAX, type RefillRequest } from './endpoint-batch.js';
import type { Receipt } from './judge-answer.js';
import { type DeliveryRow, DUE_COLUMNS, noteAttempts, toDelivery } from './webhook-delivery-claims.queries.js';

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
  return storableJson(receipts.map(toRow));
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

/**
 * One round trip and one commit: writes the receipts of batches, and claims and notes what else is due for their endpoints,
 * as long as the leases are ours. When an endpoint is due next is found at the end of its batch, not here: so no endpoint
 * needs to be locked. Not a prepared statement, whose plan would be that of the tables as they were when they were small.
 */
const REFILL = `
  with ${writeReceipts('$1', '$2')},
  wanted as (select * from jsonb_to_recordset($3::jsonb) as w (id uuid, held uuid[])),
  due as (
    select d.* from wanted w
      join webhook_endpoints e on e.id = w.id and e.lease_holder = $4
     cross join lateral (
       select ${DUE_COLUMNS} from webhook_deliveries
        where endpoint_id = e.id and status = 'pending' and next_attempt_at <= $2 and id <> all(w.held)
        order by next_attempt_at, sequence
        limit $5) d),
  ${noteAttempts('$2')}
  select due.endpoint_id, due.id as delivery_id, due.sequence::text, due.failures, due.attempts + 1 as attempt,
         v.id as event_id, v.type, v.data, v.occurred_at, v.request_id
    from due join outbox_events v on v.id = due.event_id
   order by due.next_attempt_at, due.sequence`;

/** Writes what batches hand in. @returns what they are to send next, by endpoint */
export async function refillBatches(
  database: Database,
  holder: string,
  requests: readonly RefillRequest[],
  nowMs: number,
): Promise<Map<string, ClaimedDelivery[]>> {
  const { rows } = await database.query<DeliveryRow & { endpoint_id: string }>(REFILL, [
    receiptRows(requests.flatMap(({ receipts }) => receipts)),
    new Date(nowMs),
    JSON.stringify(requests.map(({ endpointId, held }) => ({ id: endpointId, held }))),
    holder,
    DELIVERIES_MAX,
  ]);
  const byEndpoint = Map.groupBy(rows, ({ endpoint_id }) => endpoint_id);
  return new Map([...byEndpoint].map(([id, found]) => [id, found.map(toDelivery)]));
}
