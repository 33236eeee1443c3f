import { defineEntity, p } from '@mikro-orm/core';

const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  properties: {
    /** SHA-256 of credential, route and key, in hex; the key itself is stored nowhere. */
    scope: p.string().length(64).primary(),
    ownerId: p.uuid(),
    /** The request that holds the key; one that was overtaken no longer does. */
    attempt: p.uuid(),
    /** Keyed HMAC of the request, in hex. */
    fingerprint: p.string().length(64),
    /** While there is no answer: until when the attempt may take. */
    lockedUntil: p.datetime(),
    expiresAt: p.datetime().index(),
    /** When a transaction of the attempt committed; null: nothing has been done yet. */
    committedAt: p.datetime().nullable(),
    /** Status of the answer; null: none yet. */
    status: p.smallint().nullable(),
    /** The answer's JSON, sealed; null: none yet, or no longer kept. */
    answerSealed: p.text().hidden().nullable(),
    answerUntil: p.datetime().nullable().index(),
    /** Id of what the request has made. */
    resourceId: p.string().length(64).nullable(),
  },
});

/** An Idempotency-Key in use, and the answer that a repeated request gets. */
export class IdempotencyKey extends IdempotencyKeySchema.class {}
IdempotencyKeySchema.setClass(IdempotencyKey);
export { IdempotencyKeySchema };
