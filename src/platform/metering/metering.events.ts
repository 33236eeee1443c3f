import { TOLD_ONLY, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to quotas. */
export const METERING_EVENTS = declareEvents({
  'quota.threshold': TOLD_ONLY,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof METERING_EVENTS> {}
}
