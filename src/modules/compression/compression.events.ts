import { TOLD_ONLY, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to data. */
export const COMPRESSION_EVENTS = declareEvents({
  'compression.completed': TOLD_ONLY,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof COMPRESSION_EVENTS> {}
}
