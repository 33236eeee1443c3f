import { defineEntity, p } from '@mikro-orm/core';

const OutboxEventSchema = defineEntity({
  name: 'OutboxEvent',
  tableName: 'outbox_events',
  properties: {
    id: p.uuid().primary(),
    /** Order of recording; delivery goes by it. */
    sequence: p.bigint().autoincrement(),
    type: p.string().length(64),
    ownerId: p.uuid(),
    /** Kind and id of who did it: `{"kind": "session", "id": "…", "ip": "…"}`. */
    actor: p.json<Record<string, string | null>>(),
    requestId: p.uuid().nullable(),
    occurredAt: p.datetime(),
    data: p.json<Record<string, unknown>>(),
    dispatchedAt: p.datetime().nullable(),
  },
  // the events that wait are few among many
  indexes: [{ name: 'outbox_events_waiting_index', properties: ['sequence'], where: 'dispatched_at is null' }],
});

/** An event as recorded in the transaction of its fact, waiting to be delivered. */
export class OutboxEvent extends OutboxEventSchema.class {}
OutboxEventSchema.setClass(OutboxEvent);
export { OutboxEventSchema };
