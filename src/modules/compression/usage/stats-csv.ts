import type { z } from 'zod';
import { printCsv } from '../../../platform/http/print-csv.js';
import type { StatsQuery, StatsView } from './stats.dto.js';
import type { UsageTotals } from './stats.view.js';

const TOTALS = ['operations', 'bytes_in', 'bytes_out', 'ratio', 'saved_bytes'] as const;

/** Which field of a group names it. */
const NAME = { algorithm: 'algorithm', key: 'credential_id', time: 'time' } as const;

/** The groups of the statistics as a table; without groups the one line of the totals. */
export function statsCsv(stats: z.infer<typeof StatsView>, groupBy: z.infer<typeof StatsQuery>['group_by']): string {
  const cells = (row: UsageTotals): (number | null)[] => TOTALS.map((total) => row[total]);
  if (!groupBy) return printCsv([TOTALS, cells(stats)]);
  const name = NAME[groupBy];
  return printCsv([[name, ...TOTALS], ...(stats.groups ?? []).map((group) => [group[name], ...cells(group)])]);
}
