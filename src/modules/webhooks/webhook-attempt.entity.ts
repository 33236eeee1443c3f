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
    delivery: () => p.manyToOne(WebhookDelivery).deleteRule('cascade').primary(),
    number: p.integer().primary(),
    /** Written before the request is sent; an attempt without an outcome is under way, or its process died. */
    startedAt: p.datetime(),
    outcome: p.string().length(11).$type<AttemptOutcome>().nullable(),
    httpStatus: p.smallint().nullable(),
    latencyMs: p.integer().nullable(),
    error: p.string().length(200).nullable(),
    responseExcerpt: p.text().nullable(),
  },
});

/** One request to an endpoint, and what came of it. */
export class WebhookAttempt extends WebhookAttemptSchema.class {}
WebhookAttemptSchema.setClass(WebhookAttempt);
export { WebhookAttemptSchema };
