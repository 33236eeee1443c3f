import { AUDITED, declareEvents } from '../../kernel/events/event-types.js';

/** Refusals, and what administrators read of others. */
export const AUDIT_EVENTS = declareEvents({
  'access.denied': AUDITED,
  'access.denied_flood': AUDITED,
  'access.not_found_burst': AUDITED,
  'compression.bomb_burst': AUDITED,
  'admin.read': AUDITED,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof AUDIT_EVENTS> {}
}
