import { AUDITED, TOLD, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to accounts. */
export const USER_EVENTS = declareEvents({
  'user.registered': TOLD,
  'user.locked': TOLD,
  'user.password_changed': TOLD,
  'login.failed': AUDITED,
  'admin.user_locked': AUDITED,
  'admin.user_unlocked': AUDITED,
  'admin.user_disabled': AUDITED,
  'admin.user_enabled': AUDITED,
  'admin.role_changed': AUDITED,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof USER_EVENTS> {}
}
