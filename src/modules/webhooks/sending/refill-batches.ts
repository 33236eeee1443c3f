import type { Database } from '../../../platform/database/index.js';
import { type ClaimedDelivery, type DeliveryRow, toDelivery } from './webhook-delivery-claims.queries.js';
import { DELIVERIES_MAX, type RefillRequest } from './endpoint-batch.js';
import { DUE_COLUMNS, noteAttempts } from './note-attempts.js';
import { receiptRows, writeReceipts } from './webhook-delivery-receipts.queries.js';

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
