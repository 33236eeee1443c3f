import { TOLD, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to second factors. */
export const MFA_EVENTS = declareEvents({
  'mfa.enabled': TOLD,
  'mfa.disabled': TOLD,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof MFA_EVENTS> {}
}
