import { Injectable } from '@nestjs/common';
import { SealError, Sealer } from '../../kernel/crypto/seal.js';
import { Database } from '../database/index.js';
import { type SealedColumn, SealedColumns } from './sealed-columns.js';
import { contextOfRow, readSealedRows, type SealedRow } from './sealed-rows.js';

const BATCH_SIZE = 200;

/** By this ending the schema tells which columns hold sealed values. */
const FIND_SEALED_COLUMNS = String.raw`
  select table_name as "table", column_name as "column" from information_schema.columns
   where table_schema = current_schema() and column_name like '%\_sealed'`;

/** What a move to the newest master key has come to. */
export interface ResealingResult {
  readonly moved: number;
  /** Values that no key of ours opens, as `table.column row`: they stay as they are. */
  readonly unreadable: readonly string[];
}

/** Moves sealed values to the newest master key. */
@Injectable()
export class Resealing {
  constructor(
    private readonly database: Database,
    private readonly columns: SealedColumns,
    private readonly sealer: Sealer,
  ) {}

  /** Seals every value anew that is under another key than the newest. May be killed at any moment. */
  async run(): Promise<ResealingResult> {
    await this.assertAllRegistered();
    const unreadable: string[] = [];
    let moved = 0;
    for (const column of this.columns.list()) moved += await this.resealColumn(column, unreadable);
    return { moved, unreadable };
  }

  /** A column nobody has registered would be left behind and become unreadable with the old key's end. */
  private async assertAllRegistered(): Promise<void> {
    const { rows } = await this.database.query<{ table: string; column: string }>(FIND_SEALED_COLUMNS);
    const known = new Set(this.columns.list().map(({ table, column }) => `${table}.${column}`));
    const unknown = rows.map(({ table, column }) => `${table}.${column}`).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new Error(`These sealed columns are not registered: ${unknown.join(', ')}`);
  }

  private async resealColumn(column: SealedColumn, unreadable: string[]): Promise<number> {
    let count = 0;
    let after: string | null = null;
    for (;;) {
      const rows = await readSealedRows(this.database, column, { after, limit: BATCH_SIZE });
      const last = rows.at(-1);
      if (!last) return count;
      after = last.row;
      for (const row of rows) {
        const resealed = this.resealedForm(column, row);
        if (resealed === 'unreadable') unreadable.push(`${column.table}.${column.column} ${row.row}`);
        else if (resealed && (await this.replace(column, row, resealed.value))) count += 1;
      }
    }
  }

  /** Null: it is under the newest key already. One damaged value must not keep the others from being moved. */
  private resealedForm(column: SealedColumn, row: SealedRow): { value: string } | 'unreadable' | null {
    const context = contextOfRow(column, row);
    try {
      if (!this.sealer.needsResealing(row.sealed)) return null;
      return { value: this.sealer.seal(this.sealer.open(row.sealed, context), context) };
    } catch (error) {
      if (error instanceof SealError) return 'unreadable';
      throw error;
    }
  }

  /** Guarded by the old value: what somebody has changed meanwhile is sealed under a live key already. */
  private async replace(where: SealedColumn, { row, sealed }: SealedRow, resealed: string): Promise<boolean> {
    const { table, column, rowColumn } = where;
    const { rowCount } = await this.database.query(
      `update ${table} set ${column} = $1 where ${rowColumn} = $2 and ${column} = $3`,
      [resealed, row, sealed],
    );
    return rowCount === 1;
  }
}
