import { type EventType, webhookEventTypes } from '../../../kernel/events/event-types.js';

/** Sent to one endpoint when its owner asks for it, whatever it subscribes to. */
export const TEST_EVENT = 'webhook.test';

/** The patterns that cover an event: `*`, `api_key.*` and `api_key.created` for `api_key.created`. */
function patternsCovering(type: string): string[] {
  const parts = type.split('.');
  const prefixes = parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join('.')}.*`);
  return ['*', ...prefixes, type];
}

let covering: ReadonlyMap<string, readonly string[]> | undefined;

function coveringPatterns(): ReadonlyMap<string, readonly string[]> {
  covering ??= new Map(webhookEventTypes().map((type) => [type, patternsCovering(type)]));
  return covering;
}

/** Every pattern that covers at least one event. */
export function eventPatterns(): ReadonlySet<string> {
  return new Set([...coveringPatterns().values()].flat());
}

/** Whether an event is one that owners may see, and a subscription covers it. */
export function isSubscribed(patterns: readonly string[], type: EventType): boolean {
  return (
    coveringPatterns()
      .get(type)
      ?.some((pattern) => patterns.includes(pattern)) ?? false
  );
}
