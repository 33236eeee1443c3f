/** The events that owners can subscribe to. What else is recorded is for this application alone. */
export const WEBHOOK_EVENT_TYPES = [
  'user.registered',
  'user.locked',
  'user.password_changed',
  'session.revoked',
  'session.reuse_detected',
  'mfa.enabled',
  'mfa.disabled',
  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.revoked',
  'api_key.expiring',
  'api_key.anomaly',
  'api_key.quarantined',
  'service_account.created',
  'service_account.revoked',
  'oauth.client.created',
  'oauth.grant.revoked',
  'compression.completed',
  'quota.threshold',
  'webhook.disabled',
  'webhook.test',
] as const;

/** Sent to one endpoint when its owner asks for it, whatever it subscribes to. */
export const TEST_EVENT = 'webhook.test';

/** The patterns that cover an event: `*`, `api_key.*` and `api_key.created` for `api_key.created`. */
export function patternsCovering(type: string): string[] {
  const parts = type.split('.');
  const prefixes = parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join('.')}.*`);
  return ['*', ...prefixes, type];
}

const COVERING: ReadonlyMap<string, readonly string[]> = new Map(
  WEBHOOK_EVENT_TYPES.map((type) => [type, patternsCovering(type)]),
);

/** Every pattern that covers at least one event. */
export const EVENT_PATTERNS: ReadonlySet<string> = new Set([...COVERING.values()].flat());

/** Whether an event is one that owners may see, and a subscription covers it. */
export function isSubscribed(patterns: readonly string[], type: string): boolean {
  return COVERING.get(type)?.some((pattern) => patterns.includes(pattern)) ?? false;
}
