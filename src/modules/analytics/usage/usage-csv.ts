import type { z } from 'zod';
import { printCsv } from '../../../platform/http/index.js';
import type { UsageView } from './usage.dto.js';

type Usage = z.infer<typeof UsageView>;
type Column = keyof Usage['data'][number];

const COLUMNS_OF_GROUP: Readonly<Record<NonNullable<Usage['group_by']>, readonly Column[]>> = {
  key: ['credential_id', 'credential_kind'],
  route: ['route'],
  status: ['status'],
  ip: ['ip'],
};

/** The entries of an answer as a table, one column a field. */
export function usageCsv({ interval, group_by: group, data }: Usage): string {
  const names = [...(interval ? (['time'] as const) : []), ...(group ? COLUMNS_OF_GROUP[group] : [])];
  const columns: readonly Column[] = [...names, 'requests', 'errors'];
  return printCsv([columns, ...data.map((entry) => columns.map((column) => entry[column]))]);
}
