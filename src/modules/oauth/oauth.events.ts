import { AUDITED, TOLD, declareEvents } from '../../kernel/events/event-types.js';

/** What happens to OAuth clients, consents and tokens. */
export const OAUTH_EVENTS = declareEvents({
  'oauth.client.created': TOLD,
  'oauth.client.updated': AUDITED,
  'oauth.client.deleted': AUDITED,
  'oauth.client.refused': AUDITED,
  'oauth.consent.given': AUDITED,
  'oauth.grant.revoked': TOLD,
  'oauth.reuse_detected': AUDITED,
  'oauth.signing_key.rotated': AUDITED,
  'oauth.token.refused': AUDITED,
  'oauth.token.revoked': AUDITED,
});

declare module '../../kernel/events/event-types.js' {
  interface EventTypes extends Readonly<typeof OAUTH_EVENTS> {}
}
