import { AUDITED, TOLD, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to service accounts. */
export const SERVICE_ACCOUNT_EVENTS = declareEvents({
  'service_account.created': TOLD,
  'service_account.updated': AUDITED,
  'service_account.revoked': TOLD,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof SERVICE_ACCOUNT_EVENTS> {}
}
