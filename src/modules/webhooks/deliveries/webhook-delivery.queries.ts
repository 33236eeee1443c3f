import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import { AppError } from '../../../kernel/errors/app-error.js';
import { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';
import { WebhookAttempt } from './webhook-attempt.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** A delivery of an endpoint. @throws AppError REQ_005 */
export async function getDelivery(em: EntityManager, endpointId: string, id: string): Promise<WebhookDelivery> {
  const delivery = await em.findOne(WebhookDelivery, { endpoint: endpointId, id });
  if (!delivery) throw new AppError('REQ_005', { detail: 'There is no such delivery.' });
  return delivery;
}

/** Deliveries by a filter, newest first; `limit` at most. */
export function listDeliveries(
  em: EntityManager,
  where: FilterQuery<WebhookDelivery>,
  limit: number,
): Promise<WebhookDelivery[]> {
  return em.find(WebhookDelivery, where, { orderBy: { id: 'desc' }, limit });
}

/** The attempts of deliveries that are over, of each delivery in order. */
export function listAttempts(em: EntityManager, deliveryIds: readonly string[]): Promise<WebhookAttempt[]> {
  return em.find(WebhookAttempt, { delivery: [...deliveryIds] }, { orderBy: { number: 'asc' } });
}

/**
 * Begins a new series of attempts of some of an endpoint's deliveries; the endpoint must be locked. A pause ends: an owner
 * who asks for it now believes that the receiver works again. @returns how many deliveries
 */
export async function restartDeliveries(
  em: EntityManager,
  endpointId: string,
  which: FilterQuery<WebhookDelivery>,
  now: Date,
): Promise<number> {
  const count = await em.nativeUpdate(
    WebhookDelivery,
    { $and: [{ endpoint: endpointId }, which] },
    { status: 'pending', failures: 0, nextAttemptAt: now, finishedAt: null },
  );
  if (count > 0) await em.nativeUpdate(WebhookEndpoint, { id: endpointId }, { nextDueAt: now, pausedUntil: null });
  return count;
}

/** Ends what is still to be sent to an endpoint. */
export async function failPendingDeliveries(em: EntityManager, endpointId: string, now: Date): Promise<void> {
  await em.nativeUpdate(
    WebhookDelivery,
    { endpoint: endpointId, status: 'pending' },
    { status: 'failed', nextAttemptAt: null, finishedAt: now },
  );
}

/** An enabled endpoint, as events are handed out to it. */
export interface Subscriber {
  readonly id: string;
  readonly ownerId: string;
  readonly events: readonly string[];
  readonly lastSequence: string;
}

/** Locked in the order of their ids, as everything that locks several endpoints does, so that nobody waits in a circle. */
const LOCK_SUBSCRIBERS = `
  select id, owner_id as "ownerId", to_jsonb(events) as events, last_sequence::text as "lastSequence"
    from webhook_endpoints
   where disabled_at is null and owner_id in (select value::uuid from jsonb_array_elements_text(?::jsonb))
   order by id for update`;

/** The enabled endpoints of owners, locked until the transaction ends. */
export function lockSubscribers(em: EntityManager, ownerIds: readonly string[]): Promise<Subscriber[]> {
  return em.execute<Subscriber[]>(LOCK_SUBSCRIBERS, [JSON.stringify(ownerIds)]);
}

/** A delivery to be made, by the names of its columns. */
export interface NewDelivery {
  readonly id: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly sequence: number;
}

const INSERT_DELIVERIES = `
  with made as (
    select * from jsonb_to_recordset(?::jsonb)
      as d (id uuid, endpoint_id uuid, event_id uuid, event_type text, sequence bigint)),
  inserted as (
    insert into webhook_deliveries
           (id, endpoint_id, event_id, event_type, sequence, status, failures, next_attempt_at, created_at)
    select id, endpoint_id, event_id, event_type, sequence, 'pending', 0, ?::timestamptz, ?::timestamptz from made)
  update webhook_endpoints e
     set last_sequence = m.last_sequence,
         next_due_at = least(e.next_due_at, greatest(?::timestamptz, e.paused_until))
    from (select endpoint_id, max(sequence) as last_sequence from made group by endpoint_id) m
   where e.id = m.endpoint_id`;

/** Makes deliveries that are due at once; their endpoints must be locked by {@link lockSubscribers}. */
export async function insertDeliveries(em: EntityManager, made: readonly NewDelivery[], now: Date): Promise<void> {
  await em.execute(INSERT_DELIVERIES, [JSON.stringify(made), now, now, now]);
}

const ERASE_DELIVERIES = `
  with gone as (
    delete from webhook_deliveries
     where event_id in (select value::uuid from jsonb_array_elements_text(?::jsonb)) returning id)
  delete from webhook_attempts where delivery_id in (select id from gone)`;

/** Erases the deliveries of events, with their attempts. */
export async function eraseDeliveriesOf(em: EntityManager, eventIds: readonly string[]): Promise<void> {
  await em.execute(ERASE_DELIVERIES, [JSON.stringify(eventIds)]);
}
