import { ratioOf } from './figures.view.js';

/** Sums as the database gives them: `bigint` as text. */
export interface UsageSums {
  readonly operations: string;
  readonly bytes_in: string;
  readonly bytes_out: string;
  readonly original: string;
  readonly compressed: string;
}

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
