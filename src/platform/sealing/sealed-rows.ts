import type { SealContext } from '../../kernel/crypto/seal.js';
import type { Database } from '../database/index.js';
import type { SealedColumn } from './sealed-columns.js';

/** A stored value with what its associated data says. */
export interface SealedRow {
  readonly row: string;
  readonly owner: string;
  readonly sealed: string;
}

/** The next values of a column in the order of their rows; `after` is the last row that is known, null: none is. */
export async function readSealedRows(
  database: Database,
  { table, column, rowColumn, ownerColumn }: SealedColumn,
  { after = null, limit }: { readonly after?: string | null; readonly limit: number },
): Promise<SealedRow[]> {
  const { rows } = await database.query<SealedRow & Record<string, unknown>>(
    `select ${rowColumn}::text as row, ${ownerColumn}::text as owner, ${column} as sealed from ${table}
      where ${column} is not null ${after === null ? '' : `and ${rowColumn} > $1`}
      order by ${rowColumn} limit ${limit}`,
    after === null ? [] : [after],
  );
  return rows;
}

/** Where the value of a row is sealed for. */
export function contextOfRow({ purpose, table }: SealedColumn, { row, owner }: SealedRow): SealContext {
  return { purpose, table, row, owner };
}
