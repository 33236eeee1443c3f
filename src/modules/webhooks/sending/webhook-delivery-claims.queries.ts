import type { Database } from '../../../platform/database/index.js';
import type { ClaimedDelivery, ClaimedEndpoint } from './endpoint-batch.js';
import { FAILURES_TO_PAUSE } from './endpoint-health.policy.js';

/** How much is claimed, by whom, and for how long (epoch milliseconds). */
export interface Claim {
  readonly holder: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly endpointsMax: number;
  readonly failingEndpointsMax: number;
  readonly deliveriesMax: number;
  /** Endpoints that this process is busy with; a lease of its own that has run out is no invitation. */
  readonly busy: readonly string[];
}

/** What {@link noteAttempts} and the sender need of a delivery. */
export const DUE_COLUMNS = 'id, endpoint_id, event_id, sequence, failures, attempts, last_attempt_at, next_attempt_at';

/**
 * The parts of a `with` that note an attempt in each row of `due`; the parameter is the time. An earlier attempt whose
 * process died gets its row, without an outcome, as nobody else will write one.
 */
export function noteAttempts(now: string): string {
  return `
  noted as (
    update webhook_deliveries d set attempts = d.attempts + 1, last_attempt_at = ${now}::timestamptz
      from due where d.id = due.id),
  broken_off as (
    insert into webhook_attempts (delivery_id, number, started_at)
    select id, attempts, last_attempt_at from due where attempts > 0 on conflict do nothing)`;
}

/**
 * One round trip: takes the lease of endpoints for which something is due, those that answer well first; finds what is
 * due for each; and notes an attempt in each delivery before anything is sent, so that no request is ever made of which
 * no row tells. A paused endpoint whose pause is over gets one delivery, as a trial. Not a prepared statement, whose plan
 * would be that of the tables as they were when they were small.
 */
const CLAIM = `
  with healthy as (
    select id from webhook_endpoints
     where next_due_at <= $1 and (lease_until is null or lease_until <= $1) and id <> all($4::uuid[])
       and consecutive_failures = 0
     order by next_due_at limit $5 for update skip locked),
  failing as (
    select id from webhook_endpoints
     where next_due_at <= $1 and (lease_until is null or lease_until <= $1) and id <> all($4::uuid[])
       and consecutive_failures > 0
     order by next_due_at limit $6 for update skip locked),
  leased as (
    update webhook_endpoints set lease_holder = $2, lease_until = $3
     where id in (select id from healthy union all select id from failing)
    returning id, owner_id, url, secret_sealed, previous_secret_sealed, previous_secret_expires_at,
              consecutive_failures, failing_since, paused_until),
  due as (
    select d.* from leased e
     cross join lateral (
       select ${DUE_COLUMNS} from webhook_deliveries
        where endpoint_id = e.id and status = 'pending' and next_attempt_at <= $1
        order by next_attempt_at, sequence
        limit case when e.consecutive_failures >= $8 then 1 else $7::int end) d),
  ${noteAttempts('$1')}
  select e.*, due.id as delivery_id, due.sequence::text, due.failures, due.attempts + 1 as attempt,
         v.id as event_id, v.type, v.data, v.occurred_at, v.request_id
    from leased e
    left join due on due.endpoint_id = e.id
    left join outbox_events v on v.id = due.event_id
   order by e.id, due.next_attempt_at, due.sequence`;

/** A delivery, its attempt and its event, as statements return them. */
export interface DeliveryRow {
  delivery_id: string;
  sequence: string;
  failures: number;
  attempt: number;
  event_id: string;
  type: string;
  data: Record<string, unknown>;
  occurred_at: Date | string;
  request_id: string | null;
}

interface EndpointRow {
  id: string;
  owner_id: string;
  url: string;
  secret_sealed: string;
  previous_secret_sealed: string | null;
  previous_secret_expires_at: Date | string | null;
  consecutive_failures: number;
  failing_since: Date | string | null;
  paused_until: Date | string | null;
}

type ClaimRow = EndpointRow & (DeliveryRow | { delivery_id: null });

/** Claims endpoints for which something is due; an endpoint may come without deliveries, when nothing is left for it. */
export async function claimDeliveries(database: Database, claim: Claim): Promise<ClaimedEndpoint[]> {
  const { rows } = await database.query<ClaimRow>(CLAIM, [
    new Date(claim.now),
    claim.holder,
    new Date(claim.leaseUntil),
    claim.busy,
    claim.endpointsMax,
    claim.failingEndpointsMax,
    claim.deliveriesMax,
    FAILURES_TO_PAUSE,
  ]);
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap(toEndpoint);
}

function toEndpoint(rows: readonly ClaimRow[]): ClaimedEndpoint[] {
  const [row] = rows;
  if (!row) return [];
  return [
    {
      id: row.id,
      ownerId: row.owner_id,
      url: row.url,
      secretSealed: row.secret_sealed,
      previousSecretSealed: row.previous_secret_sealed,
      previousSecretExpiresAt:
        row.previous_secret_expires_at === null ? null : new Date(row.previous_secret_expires_at),
      health: {
        consecutiveFailures: row.consecutive_failures,
        failingSince: epochOf(row.failing_since),
        pausedUntil: epochOf(row.paused_until),
        disabled: null,
      },
      deliveries: rows.flatMap((found) => (found.delivery_id === null ? [] : [toDelivery(found)])),
    },
  ];
}

/** A delivery as the sender takes it. */
export function toDelivery(row: DeliveryRow): ClaimedDelivery {
  return {
    id: row.event_id,
    type: row.type,
    occurredAt: new Date(row.occurred_at),
    data: row.data,
    requestId: row.request_id,
    deliveryId: row.delivery_id,
    sequence: Number(row.sequence),
    attempt: row.attempt,
    failures: row.failures,
  };
}

function epochOf(moment: Date | string | null): number | null {
  return moment === null ? null : new Date(moment).getTime();
}
