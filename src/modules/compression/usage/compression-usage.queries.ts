import type { Database } from '../../../platform/database/index.js';
import type { Algorithm } from '../codec/format/algorithms.js';
import type { STATS_GROUPS, STATS_INTERVALS } from './stats.dto.js';
import type { UsageSums } from './stats.view.js';

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
