import type { z } from 'zod';
import { printCsv } from '../../../platform/http/index.js';
import type { UsageSums } from './compression-usage.queries.js';
import { ratioOf } from './figures.view.js';
import type { StatsQuery, StatsView } from './stats.dto.js';

/** Sums as the API gives them. */
export interface UsageTotals {
  readonly operations: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly ratio: number | null;
  readonly saved_bytes: number;
}

/** Adds rows up. */
export function totalsOf(rows: readonly UsageSums[]): UsageTotals {
  const sum = (of: keyof UsageSums): number => rows.reduce((total, row) => total + Number(row[of]), 0);
  const [original, compressed] = [sum('original'), sum('compressed')];
  return {
    operations: sum('operations'),
    bytes_in: sum('bytes_in'),
    bytes_out: sum('bytes_out'),
    ratio: compressed === 0 ? null : ratioOf(original, compressed),
    saved_bytes: original - compressed,
  };
}

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
