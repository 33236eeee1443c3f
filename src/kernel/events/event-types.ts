import { Declarations } from '../declarations.js';

/** What is known of a kind of event. */
export interface EventEntry {
  /** Whether owners can subscribe to it; the others are for this application and its auditors alone. */
  readonly isForWebhooks: boolean;
  /** Whether it belongs in the audit trail, which is about access. */
  readonly isAudited: boolean;
}

/** The events of all modules by their names, `noun.past`. Each module adds its own, so that a misspelt one does not compile. */
export interface EventTypes {}

/** The name of an event, for example `api_key.created`. */
export type EventType = keyof EventTypes;

/** Facts that owners are told of, and auditors find. */
export const TOLD: EventEntry = { isForWebhooks: true, isAudited: true };

/** Facts for the audit trail alone. */
export const AUDITED: EventEntry = { isForWebhooks: false, isAudited: true };

/** Events of the product's daily use, which no auditor asks for. */
export const TOLD_ONLY: EventEntry = { isForWebhooks: true, isAudited: false };

const DECLARED = new Declarations<EventType, EventEntry>('event', (names) => names.toSorted());

/** Declares the events of a module; @returns them, for the module to add their names to {@link EventTypes}. */
export function declareEvents<const Names extends string>(events: Readonly<Record<Names, EventEntry>>): typeof events {
  DECLARED.add(events);
  return events;
}

/** What is known of an event. */
export function eventEntry(type: EventType): EventEntry {
  return DECLARED.get(type);
}

/** The events that owners can subscribe to, in alphabetical order. */
export function webhookEventTypes(): readonly EventType[] {
  return DECLARED.names().filter((type) => DECLARED.get(type).isForWebhooks);
}
