import type { Database } from '../../../platform/database/index.js';
import { DIMENSIONS, type RequestTally } from './request-tally.js';

/**
 * Adds a batch to the hours and to the days in one statement, so that a day is always the sum of its hours. In the order
 * of the primary key, so that two processes cannot wait for each other.
 */
const ADD_USAGE = {
  name: 'add-request-usage',
  text: `
  with counted as (
    select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
               as u(owner_id, dimension, bucket, credential_id, credential_kind, value, requests, errors)
  ), hours as (
    insert into usage_hours as h (owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors)
    select owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors
      from counted order by 1, 2, 3, 4, 5
    on conflict (owner_id, dimension, bucket, credential_id, value) do update
       set requests = h.requests + excluded.requests, errors = h.errors + excluded.errors
  )
  insert into usage_days as d (owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors)
  select owner_id, dimension, date_trunc('day', bucket, 'UTC'), credential_id, value, credential_kind, sum(requests), sum(errors)
    from counted group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5
  on conflict (owner_id, dimension, bucket, credential_id, value) do update
     set requests = d.requests + excluded.requests, errors = d.errors + excluded.errors`,
};

/** Writes tallies: all of them, or none. */
export async function writeRequestUsage(database: Database, tallies: readonly RequestTally[]): Promise<void> {
  const rows = tallies.flatMap((tally) =>
    DIMENSIONS.flatMap((dimension) =>
      [...tally.counts[dimension]].map(([value, count]) => ({ tally, dimension, value, count })),
    ),
  );
  await database.query(ADD_USAGE, [
    rows.map(({ tally }) => tally.ownerId),
    rows.map(({ dimension }) => dimension),
    rows.map(({ tally }) => new Date(tally.hourMs)),
    rows.map(({ tally }) => tally.credentialId),
    rows.map(({ tally }) => tally.credentialKind),
    rows.map(({ value }) => value),
    rows.map(({ count }) => count.requests),
    rows.map(({ count }) => count.errors),
  ]);
}
