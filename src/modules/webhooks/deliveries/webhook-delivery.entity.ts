import { defineEntity, p } from '@mikro-orm/core';
import { OutboxEvent } from '../../../platform/events/index.js';
import { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';

/** A delivery waits for its next attempt, or has reached one of its two ends. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;

/** State of a delivery. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

const WebhookDeliverySchema = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  properties: {
    id: p.uuid().primary(),
    // neither has a constraint: the fan-out holds both when it makes deliveries, and erasing either erases them
    endpoint: () => p.manyToOne(WebhookEndpoint).createForeignKeyConstraint(false),
    event: () => p.manyToOne(OutboxEvent).createForeignKeyConstraint(false),
    eventType: p.string().length(64),
    /** Counts the endpoint's deliveries from 1, without gaps, in the order of the events. */
    sequence: p.bigint('number'),
    status: p.string().length(9).$type<DeliveryStatus>(),
    /** Failures in the current series of attempts; a redelivery begins a new one. */
    failures: p.smallint().default(0),
    /** Number of the last attempt, noted before its request is sent; it has a row of its own once it is over. */
    attempts: p.integer().default(0),
    lastAttemptAt: p.datetime().nullable(),
    nextAttemptAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    finishedAt: p.datetime().nullable(),
  },
  uniques: [{ name: 'webhook_deliveries_event_id_endpoint_id_unique', properties: ['event', 'endpoint'] }],
  indexes: [
    { name: 'webhook_deliveries_endpoint_id_id_index', properties: ['endpoint', 'id'] },
    {
      name: 'webhook_deliveries_due_index',
      properties: ['endpoint', 'nextAttemptAt', 'sequence'],
      where: "status = 'pending'",
    },
  ],
});

/** One event on its way to one endpoint. */
export class WebhookDelivery extends WebhookDeliverySchema.class {
  /**
   * When its last attempt began, if that is not over: it is under way, or broke off with its process. Null: it is over, as
   * `lastRecorded` tells, the number of the last attempt that has a row of its own; 0 for none.
   */
  attemptUnderWaySince(lastRecorded: number): Date | null {
    return this.lastAttemptAt && lastRecorded < this.attempts ? this.lastAttemptAt : null;
  }
}
WebhookDeliverySchema.setClass(WebhookDelivery);
export { WebhookDeliverySchema };
