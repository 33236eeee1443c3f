import { AUDITED, TOLD, TOLD_ONLY, declareEvents } from '../../../kernel/events/event-types.js';

/** What happens to webhook endpoints. */
export const WEBHOOK_EVENTS = declareEvents({
  'webhook.created': AUDITED,
  'webhook.updated': AUDITED,
  'webhook.secret_rotated': AUDITED,
  'webhook.deleted': AUDITED,
  'webhook.disabled': TOLD,
  'webhook.test': TOLD_ONLY,
});

declare module '../../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof WEBHOOK_EVENTS> {}
}
