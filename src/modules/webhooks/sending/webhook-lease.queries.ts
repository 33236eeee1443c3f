import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '../../../platform/database/index.js';
import type { DisabledReason } from '../endpoints/webhook-endpoint.entity.js';
import type { BatchResult } from './endpoint-batch.js';
import { receiptRows, writeReceipts } from './webhook-delivery-receipts.queries.js';

/** Locked in the order of their ids, as everything that locks several endpoints does, so that nobody waits in a circle. */
const RENEW_LEASES = {
  name: 'renew-webhook-leases',
  text: `
    with held as (
      select id from webhook_endpoints where id = any($1::uuid[]) and lease_holder = $3 order by id for update)
    update webhook_endpoints e set lease_until = $2 from held where e.id = held.id`,
};

/** Lets a process keep endpoints until a later time: those of them whose lease is still its own. */
export async function renewLeases(
  database: Database,
  holder: string,
  endpointIds: readonly string[],
  until: Date,
): Promise<void> {
  await database.query(RENEW_LEASES, [endpointIds, until, holder]);
}

/** An endpoint that was disabled because of what it answered. */
export interface DisabledEndpoint {
  readonly id: string;
  readonly ownerId: string;
  readonly reason: DisabledReason;
}

const IDS = 'select value::uuid from jsonb_array_elements_text(?::jsonb)';

/**
 * Locked before anything is read, or a delivery made meanwhile could be missed when the next due time is found. The rows
 * that follow are found by their keys: the tables grow faster than the statistics by which the planner would choose.
 */
const LOCK = `
  select set_config('enable_seqscan', 'off', true) from webhook_endpoints where id in (${IDS}) order by id for update`;

const WRITE_RECEIPTS = `with ${writeReceipts('?', '?')} select`;

const FORGET_RETURNED = `
  update webhook_deliveries d set attempts = d.attempts - 1
    from jsonb_to_recordset(?::jsonb) as r ("deliveryId" uuid, attempt int)
   where d.id = r."deliveryId" and d.attempts = r.attempt`;

/** Only while the lease is ours: an owner who changes an endpoint takes it away, and starts its health afresh. */
const WRITE_HEALTH = `
  update webhook_endpoints e
     set consecutive_failures = h.failures, failing_since = h.failing_since, paused_until = h.paused_until,
         disabled_at = case when h.disabled is null then e.disabled_at else ?::timestamptz end,
         disabled_reason = coalesce(h.disabled, e.disabled_reason),
         lease_holder = null, lease_until = null
    from jsonb_to_recordset(?::jsonb) as h (id uuid, failures int, failing_since timestamptz, paused_until timestamptz,
         disabled text)
   where e.id = h.id and e.lease_holder = ?
  returning e.id, e.owner_id as "ownerId", h.disabled as reason`;

const END_DELIVERIES_OF_DISABLED = `
  update webhook_deliveries d set status = 'failed', next_attempt_at = null, finished_at = ?
    from webhook_endpoints e
   where e.id in (${IDS}) and e.disabled_at is not null and d.endpoint_id = e.id and d.status = 'pending'`;

const NOTE_NEXT_DUE = `
  update webhook_endpoints e
     set next_due_at = (select greatest(e.paused_until, min(d.next_attempt_at)) from webhook_deliveries d
                         where d.endpoint_id = e.id and d.status = 'pending' having min(d.next_attempt_at) is not null)
   where e.id in (${IDS})`;

/** Writes down what batches have brought, ends their leases, and notes when each endpoint is due again. */
export async function settleBatches(
  em: EntityManager,
  holder: string,
  batches: readonly BatchResult[],
  nowMs: number,
): Promise<DisabledEndpoint[]> {
  const now = new Date(nowMs);
  const ids = JSON.stringify(batches.map(({ endpointId }) => endpointId));
  await em.execute(LOCK, [ids]);
  const receipts = batches.flatMap((batch) => batch.receipts);
  if (receipts.length > 0) await em.execute(WRITE_RECEIPTS, [receiptRows(receipts), now]);
  const returned = batches.flatMap((batch) =>
    batch.returned.map(({ deliveryId, attempt }) => ({ deliveryId, attempt })),
  );
  if (returned.length > 0) await em.execute(FORGET_RETURNED, [JSON.stringify(returned)]);
  const written = await em.execute<(Omit<DisabledEndpoint, 'reason'> & { reason: DisabledReason | null })[]>(
    WRITE_HEALTH,
    [now, JSON.stringify(batches.map(toHealthRow)), holder],
  );
  const disabled = written.filter((row): row is DisabledEndpoint => row.reason !== null);
  await em.execute(END_DELIVERIES_OF_DISABLED, [now, ids]);
  await em.execute(NOTE_NEXT_DUE, [ids]);
  return disabled;
}

function toHealthRow({ endpointId, health }: BatchResult) {
  return {
    id: endpointId,
    failures: health.consecutiveFailures,
    failing_since: timeOrNull(health.failingSince),
    paused_until: timeOrNull(health.pausedUntil),
    disabled: health.disabled,
  };
}

function timeOrNull(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs);
}
