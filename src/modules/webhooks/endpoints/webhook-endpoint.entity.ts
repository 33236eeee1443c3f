import { defineEntity, p } from '@mikro-orm/core';

/** Why an endpoint gets nothing: its owner said so, it answered 410, or it failed for five days. */
export type DisabledReason = 'owner' | 'gone' | 'failing';

const WebhookEndpointSchema = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoints',
  properties: {
    id: p.uuid().primary(),
    ownerId: p.uuid().index(),
    url: p.string().length(2048),
    description: p.string().length(200).nullable(),
    /** Event types and patterns such as `api_key.*`. */
    events: p.array(),
    /** Sealed; the previous secret is sealed for the same place, so that a rotation moves it unopened. */
    secretSealed: p.text().hidden(),
    previousSecretSealed: p.text().hidden().nullable(),
    previousSecretExpiresAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    /** A deleted endpoint is also disabled; it stays for a while, so that deleting it again is no fault. */
    deletedAt: p.datetime().nullable(),
    disabledAt: p.datetime().nullable(),
    disabledReason: p.string().length(8).$type<DisabledReason>().nullable(),
    /** How many deliveries it has been given; each carries its number. */
    lastSequence: p.bigint('number').default(0),
    consecutiveFailures: p.integer().default(0),
    /** When the failures began that no success has ended yet. */
    failingSince: p.datetime().nullable(),
    /** Nothing is sent before, because it failed repeatedly or asked for a pause. */
    pausedUntil: p.datetime().nullable(),
    /** When there is something to send; null: nothing. */
    nextDueAt: p.datetime().nullable().index(),
    /** The process that sends to it, and until when it may count on being the only one. */
    leaseHolder: p.uuid().nullable(),
    leaseUntil: p.datetime().nullable(),
  },
});

/** Where an owner wants events to be sent, and how sending to it goes. */
export class WebhookEndpoint extends WebhookEndpointSchema.class {}
WebhookEndpointSchema.setClass(WebhookEndpoint);
export { WebhookEndpointSchema };
