import { AUDITED, TOLD, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to sessions. */
export const SESSION_EVENTS = declareEvents({
  'login.succeeded': AUDITED,
  'login.refused': AUDITED,
  'session.revoked': TOLD,
  'session.reuse_detected': TOLD,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof SESSION_EVENTS> {}
}
