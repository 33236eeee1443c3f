import { defineEntity, p } from '@mikro-orm/core';

/** What an event may say of itself. */
export type EventProperties = Readonly<Record<string, string | number | boolean | null>>;

const CustomEventSchema = defineEntity({
  name: 'CustomEvent',
  tableName: 'custom_events',
  properties: {
    id: p.uuid().primary(),
    ownerId: p.uuid(),
    credentialId: p.uuid(),
    name: p.string().length(64),
    properties: p.json<EventProperties>(),
    /** When it happened, as its sender says. */
    occurredAt: p.datetime(),
    createdAt: p.datetime().index(),
  },
  indexes: [{ name: 'custom_events_owner_id_index', properties: ['ownerId', 'id'] }],
});

/** Something that an owner's own software has reported. */
export class CustomEvent extends CustomEventSchema.class {}
CustomEventSchema.setClass(CustomEvent);
export { CustomEventSchema };
