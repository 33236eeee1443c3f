import { AUDITED, declareEvents } from '../../kernel/events/event-types.js';

/** What administrators do that is no other module’s. */
export const ADMIN_EVENTS = declareEvents({
  'admin.policy_changed': AUDITED,
  'admin.mfa_reset': AUDITED,
  'admin.sessions_ended': AUDITED,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof ADMIN_EVENTS> {}
}
