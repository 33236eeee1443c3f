import type { TestDatabase } from './database.ts';

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
