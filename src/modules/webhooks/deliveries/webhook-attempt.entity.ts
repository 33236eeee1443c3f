import { defineEntity, p } from '@mikro-orm/core';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** How an attempt ended. */
export const ATTEMPT_OUTCOMES = ['delivered', 'rejected', 'timed_out', 'unreachable', 'blocked'] as const;

/** How an attempt ended: 2xx, another status, no answer in time, no connection, or an address that is not public. */
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

const WebhookAttemptSchema = defineEntity({
  name: 'WebhookAttempt',
  tableName: 'webhook_attempts',
  properties: {
    // without a constraint: a receipt finds its delivery in the statement that writes it
    delivery: () => p.manyToOne(WebhookDelivery).createForeignKeyConstraint(false).primary(),
    number: p.integer().primary(),
    startedAt: p.datetime(),
    /** Null: the process that made it died before it could write down what came of it. */
    outcome: p.string().length(11).$type<AttemptOutcome>().nullable(),
    httpStatus: p.smallint().nullable(),
    latencyMs: p.integer().nullable(),
    error: p.string().length(200).nullable(),
    responseExcerpt: p.text().nullable(),
  },
});

/** One request to an endpoint that is over, and what came of it. */
export class WebhookAttempt extends WebhookAttemptSchema.class {}
WebhookAttemptSchema.setClass(WebhookAttempt);
export { WebhookAttemptSchema };
