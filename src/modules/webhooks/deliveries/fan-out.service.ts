import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { type EventConsumer, EventConsumers, type RecordedEvent } from '../../../platform/events/index.js';
import { Workers } from '../../../platform/work/index.js';
import { isSubscribed, TEST_EVENT } from '../endpoints/subscription-rules.js';
import {
  eraseDeliveriesOf,
  insertDeliveries,
  lockSubscribers,
  type NewDelivery,
  type Subscriber,
} from './webhook-delivery.queries.js';

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
    const subscribers = await lockSubscribers(em, [...byOwner.keys()]);
    const now = this.clock.now();
    const deliveries = subscribers.flatMap((subscriber) =>
      deliveriesFor(subscriber, byOwner.get(subscriber.ownerId) ?? [], now),
    );
    if (deliveries.length === 0) return;
    await insertDeliveries(em, deliveries, new Date(now));
    this.workers.wakeAfterCommit(em);
  }

  async forget(em: EntityManager, eventIds: readonly string[]): Promise<void> {
    await eraseDeliveriesOf(em, eventIds);
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
