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

/** Records events as a committed transaction would have, without the work of making the facts. */
export async function recordEvents(
  database: TestDatabase,
  ownerId: string,
  count: number,
  type = 'api_key.updated',
): Promise<void> {
  await database.query(
    `insert into outbox_events (id, type, owner_id, actor, occurred_at, data)
     select gen_random_uuid(), $1, $2, '{}', now(), jsonb_build_object('number', n) from generate_series(1, $3::int) n`,
    [type, ownerId, count],
  );
}
