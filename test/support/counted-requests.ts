import type { TestDatabase } from './database.ts';

/** How many requests of a credential have been written down. */
export async function countedRequests(database: TestDatabase, credentialId: string): Promise<number> {
  const [row] = await database.query<{ sum: number }>(
    "select coalesce(sum(requests), 0)::int as sum from usage_hours where dimension = 'route' and credential_id = $1",
    [credentialId],
  );
  return row?.sum ?? 0;
}
