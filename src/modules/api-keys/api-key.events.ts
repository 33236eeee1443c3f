import { AUDITED, TOLD, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to API keys. */
export const API_KEY_EVENTS = declareEvents({
  'api_key.created': TOLD,
  'api_key.updated': TOLD,
  'api_key.rotated': TOLD,
  'api_key.revoked': TOLD,
  'api_key.expiring': TOLD,
  'api_key.quarantined': TOLD,
  'key_protection.updated': AUDITED,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof API_KEY_EVENTS> {}
}
