import type { TestDatabase } from './database.ts';

/** An event as recorded. */
export interface RecordedEvent {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** The events that an owner's facts have left behind, oldest first. */
export function eventsOf(database: TestDatabase, ownerId: string, type?: string): Promise<RecordedEvent[]> {
  return database.query<RecordedEvent & Record<string, unknown>>(
    'select type, data from outbox_events where owner_id = $1 and ($2::text is null or type = $2) order by sequence',
    [ownerId, type ?? null],
  );
}
