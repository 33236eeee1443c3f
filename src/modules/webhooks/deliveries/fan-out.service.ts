import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { type EventConsumer, EventConsumers, type RecordedEvent } from '../../../platform/events/index.js';
import { Workers } from '../../../platform/work/index.js';
import { isSubscribed, TEST_EVENT } from '../endpoints/subscribable.events.js';

interface Subscriber {
  readonly id: string;
  readonly ownerId: string;
  readonly events: readonly string[];
  readonly lastSequence: string;
}

interface NewDelivery {
  readonly id: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly sequence: number;
}

/** Locked in the order of their ids, as everything that locks several endpoints does, so that nobody waits in a circle. */
const LOCK_SUBSCRIBERS = `
  select id, owner_id as "ownerId", to_jsonb(events) as events, last_sequence::text as "lastSequence"
    from webhook_endpoints
   where disabled_at is null and owner_id in (select value::uuid from jsonb_array_elements_text(?::jsonb))
   order by id for update`;

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

const FORGET_DELIVERIES = `
  with gone as (
    delete from webhook_deliveries
     where event_id in (select value::uuid from jsonb_array_elements_text(?::jsonb)) returning id)
  delete from webhook_attempts where delivery_id in (select id from gone)`;

/** Makes a delivery of each event for each endpoint of its owner that subscribes to it, numbered in order. */
@Injectable()
export class FanOutService implements EventConsumer {
  constructor(
    consumers: EventConsumers,
    private readonly workers: Workers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    consumers.register(this);
  }

  async consume(em: EntityManager, events: readonly RecordedEvent[]): Promise<void> {
    const byOwner = Map.groupBy(events, ({ ownerId }) => ownerId);
    const subscribers = await em.execute<Subscriber[]>(LOCK_SUBSCRIBERS, [JSON.stringify([...byOwner.keys()])]);
    const now = this.clock.now();
    const deliveries = subscribers.flatMap((subscriber) =>
      deliveriesFor(subscriber, byOwner.get(subscriber.ownerId) ?? [], now),
    );
    if (deliveries.length === 0) return;
    const at = new Date(now);
    await em.execute(INSERT_DELIVERIES, [JSON.stringify(deliveries), at, at, at]);
    this.workers.wakeAfterCommit(em);
  }

  async forget(em: EntityManager, eventIds: readonly string[]): Promise<void> {
    await em.execute(FORGET_DELIVERIES, [JSON.stringify(eventIds)]);
  }
}

function deliveriesFor(subscriber: Subscriber, events: readonly RecordedEvent[], nowMs: number): NewDelivery[] {
  const first = Number(subscriber.lastSequence) + 1;
  return events
    .filter((event) => isFor(subscriber, event))
    .map((event, index) => ({
      id: newId(nowMs),
      endpoint_id: subscriber.id,
      event_id: event.id,
      event_type: event.type,
      sequence: first + index,
    }));
}

function isFor(subscriber: Subscriber, event: RecordedEvent): boolean {
  return event.type === TEST_EVENT
    ? event.data.webhook_id === subscriber.id
    : isSubscribed(subscriber.events, event.type);
}
