import type { PrincipalKind } from '../../../kernel/access/principal.js';
import type { Database } from '../../../platform/database/index.js';
import type { USAGE_GROUPS, USAGE_INTERVALS } from './usage.dto.js';
import type { UsageWindow } from './usage-window.js';

export type UsageGroup = (typeof USAGE_GROUPS)[number];
export type UsageInterval = (typeof USAGE_INTERVALS)[number];

/** Which usage: an owner's, in a window, perhaps of one credential only. */
export interface UsageScope {
  readonly ownerId: string;
  readonly credentialId: string | null;
  readonly window: UsageWindow;
}

/** A sum; of its names those are there that it was grouped by. */
export interface UsageSum {
  /** Where the interval begins, as the API prints times. */
  readonly time?: string;
  readonly credential_id?: string;
  readonly credential_kind?: PrincipalKind;
  /** Empty: unknown, or one of too many. */
  readonly value?: string;
  readonly requests: number;
  readonly errors: number;
}

/** More are not worth an answer: a year of days for 27 groups. */
export const ENTRIES_MAX = 10_000;

const COLUMNS = 'bucket, credential_id, credential_kind, value, requests, errors';
const OF_OWNER = `owner_id = $1 and dimension = $2 and ($3::uuid is null or credential_id = $3)`;

/** Whole days are read as such; what is left of the window at both ends, as hours. */
const COUNTED = `
  select ${COLUMNS} from usage_days where ${OF_OWNER} and bucket >= $5 and bucket < $6
  union all select ${COLUMNS} from usage_hours where ${OF_OWNER} and bucket >= $4 and bucket < $5
  union all select ${COLUMNS} from usage_hours where ${OF_OWNER} and bucket >= $6 and bucket < $7`;

const NAMES: Readonly<Record<UsageGroup, readonly string[]>> = {
  key: ['credential_id', 'credential_kind'],
  route: ['value'],
  status: ['value'],
  ip: ['value'],
};

function statement(group: UsageGroup | undefined, interval: UsageInterval | undefined): string {
  const time = `to_char(date_trunc('${interval}', bucket, 'UTC') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  const names = [...(interval ? [`${time} as "time"`] : []), ...(group ? NAMES[group] : [])];
  const positions = names.map((_, index) => index + 1).join(', ');
  const order = [...(interval ? ['1'] : []), 'requests desc', ...(group ? [String(names.length)] : [])].join(', ');
  return `
    select ${[...names, 'sum(requests)::float8 as requests', 'sum(errors)::float8 as errors'].join(', ')}
      from (${COUNTED}) counted
     ${positions && `group by ${positions}`} having sum(requests) > 0
     order by ${order} limit ${ENTRIES_MAX + 1}`;
}

/** Sums up usage, by time and then the busiest first; one entry more than {@link ENTRIES_MAX} at most. */
export async function sumUsage(
  database: Database,
  { ownerId, credentialId, window }: UsageScope,
  group: UsageGroup | undefined,
  interval: UsageInterval | undefined,
): Promise<UsageSum[]> {
  // every request has one status, so that dimension serves where none is asked for
  const dimension = group === undefined || group === 'key' ? 'status' : group;
  const { fromMs, daysFromMs, daysToMs, toMs } = window;
  const moments = [fromMs, daysFromMs, daysToMs, toMs].map((moment) => new Date(moment));
  const query = { name: `usage-${group ?? 'all'}-${interval ?? 'all'}`, text: statement(group, interval) };
  const { rows } = await database.query<UsageSum & Record<string, unknown>>(query, [
    ownerId,
    dimension,
    credentialId,
    ...moments,
  ]);
  return rows;
}
