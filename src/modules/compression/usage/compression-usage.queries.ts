import type { Database } from '../../../platform/database/index.js';
import type { Algorithm } from '../codec/format/codec-rules.js';
import type { STATS_GROUPS, STATS_INTERVALS } from './stats.dto.js';

/** What a credential did with an algorithm in an hour, to be added to what is there; sizes in bytes. */
export interface UsageTally {
  readonly ownerId: string;
  readonly bucketMs: number;
  readonly credentialId: string;
  readonly algorithm: Algorithm;
  readonly operation: 'compress' | 'decompress';
  operations: number;
  bytesIn: number;
  bytesOut: number;
}

const ADD = {
  name: 'add-compression-usage',
  text: `
    insert into compression_usage as u
           (owner_id, bucket, credential_id, algorithm, operation, operations, bytes_in, bytes_out)
    select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
    on conflict (owner_id, bucket, credential_id, algorithm, operation) do update
       set operations = u.operations + excluded.operations,
           bytes_in = u.bytes_in + excluded.bytes_in,
           bytes_out = u.bytes_out + excluded.bytes_out`,
};

/** Adds tallies to the usage, all of them in one statement. */
export async function addUsage(database: Database, rows: readonly UsageTally[]): Promise<void> {
  await database.query(ADD, [
    rows.map((row) => row.ownerId),
    rows.map((row) => new Date(row.bucketMs)),
    rows.map((row) => row.credentialId),
    rows.map((row) => row.algorithm),
    rows.map((row) => row.operation),
    rows.map((row) => row.operations),
    rows.map((row) => row.bytesIn),
    rows.map((row) => row.bytesOut),
  ]);
}

/** Sums as the database gives them: `bigint` as text. */
export interface UsageSums {
  readonly operations: string;
  readonly bytes_in: string;
  readonly bytes_out: string;
  readonly original: string;
  readonly compressed: string;
}

/** The sums of one group; of its names the one that was grouped by is there. */
export interface UsageGroup extends UsageSums {
  readonly algorithm?: Algorithm;
  readonly credential_id?: string;
  /** Where the interval begins, as the API prints times. */
  readonly time?: string;
}

/** Which usage of an owner: from an hour on, up to another; null is open. */
export interface UsageRange {
  readonly ownerId: string;
  readonly from: Date | null;
  readonly to: Date | null;
}

type Grouping = (typeof STATS_GROUPS)[number];

/** More are not worth an answer: as many hours as make a year and more. */
export const GROUPS_MAX = 10_000;

/** What stands for a group; `$4` is the interval, which only time has. */
const COLUMNS: Readonly<Record<Grouping, string>> = {
  algorithm: 'algorithm',
  key: 'credential_id',
  time: `to_char(date_trunc($4, bucket, 'UTC') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "time"`,
};

function statement(grouping: Grouping): string {
  return `
    select ${COLUMNS[grouping]}, sum(operations) as operations, sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out,
           sum(case operation when 'compress' then bytes_in else bytes_out end) as original,
           sum(case operation when 'compress' then bytes_out else bytes_in end) as compressed
      from compression_usage
     where owner_id = $1 and bucket >= coalesce($2, '-infinity'::timestamptz) and bucket < coalesce($3, 'infinity'::timestamptz)
     group by 1 order by 1 limit ${GROUPS_MAX + 1}`;
}

/** Sums up an owner's usage by group, in the order of the groups; one more than {@link GROUPS_MAX} at most. */
export async function sumUsage(
  database: Database,
  { ownerId, from, to }: UsageRange,
  grouping: Grouping,
  interval: (typeof STATS_INTERVALS)[number] = 'day',
): Promise<UsageGroup[]> {
  const values = [ownerId, from, to, ...(grouping === 'time' ? [interval] : [])];
  const query = { name: `compression-stats-${grouping}`, text: statement(grouping) };
  return (await database.query<UsageGroup & Record<string, unknown>>(query, values)).rows;
}
