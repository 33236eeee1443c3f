import { TOLD, declareEvents } from '../../kernel/events/event-types.js';

/** What is strange about the use of a credential. */
export const ACCESS_EVENTS = declareEvents({
  'api_key.anomaly': TOLD,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof ACCESS_EVENTS> {}
}
