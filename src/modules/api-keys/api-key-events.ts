import type { DomainEvent } from '../../platform/events/index.js';

/** What events tell of a key. */
export interface KeyFacts {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
}

type KeyEvent = 'created' | 'updated' | 'rotated' | 'revoked' | 'expiring' | 'quarantined';

/** An event about a key, for its owner. */
export function keyEvent(kind: KeyEvent, key: KeyFacts, details: Readonly<Record<string, unknown>> = {}): DomainEvent {
  return { type: `api_key.${kind}`, ownerId: key.ownerId, data: { key_id: key.id, name: key.name, ...details } };
}
