import { Injectable } from '@nestjs/common';
import { Sealer } from '../../kernel/crypto/seal.js';
import { Database } from '../database/index.js';
import { type SealedColumn, SealedColumns } from './sealed-columns.js';

const BATCH_SIZE = 200;

/** By this ending the schema tells which columns hold sealed values. */
const FIND_SEALED_COLUMNS = String.raw`
  select table_name as "table", column_name as "column" from information_schema.columns
   where table_schema = current_schema() and column_name like '%\_sealed'`;

interface SealedRow {
  readonly row: string;
  readonly owner: string;
  readonly sealed: string;
}

/** Moves sealed values to the newest master key. */
@Injectable()
export class Resealing {
  constructor(
    private readonly database: Database,
    private readonly columns: SealedColumns,
    private readonly sealer: Sealer,
  ) {}

  /** Seals every value anew that is under another key than the newest. @returns how many. May be killed at any moment. */
  async run(): Promise<number> {
    await this.assertAllRegistered();
    let count = 0;
    for (const column of this.columns.list()) count += await this.resealColumn(column);
    return count;
  }

  /** A column nobody has registered would be left behind and become unreadable with the old key's end. */
  private async assertAllRegistered(): Promise<void> {
    const { rows } = await this.database.query<{ table: string; column: string }>(FIND_SEALED_COLUMNS);
    const known = new Set(this.columns.list().map(({ table, column }) => `${table}.${column}`));
    const unknown = rows.map(({ table, column }) => `${table}.${column}`).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new Error(`These sealed columns are not registered: ${unknown.join(', ')}`);
  }

  private async resealColumn(column: SealedColumn): Promise<number> {
    let count = 0;
    let after: string | null = null;
    for (;;) {
      const rows = await this.batch(column, after);
      const last = rows.at(-1);
      if (!last) return count;
      after = last.row;
      for (const row of rows) if (await this.reseal(column, row)) count += 1;
    }
  }

  private async batch({ table, column, rowColumn, ownerColumn }: SealedColumn, after: string | null) {
    const { rows } = await this.database.query<SealedRow & Record<string, unknown>>(
      `select ${rowColumn}::text as row, ${ownerColumn}::text as owner, ${column} as sealed from ${table}
        where ${column} is not null ${after === null ? '' : `and ${rowColumn} > $1`}
        order by ${rowColumn} limit ${BATCH_SIZE}`,
      after === null ? [] : [after],
    );
    return rows;
  }

  /** Guarded by the old value: what somebody has changed meanwhile is sealed under a live key already. */
  private async reseal(where: SealedColumn, { row, owner, sealed }: SealedRow): Promise<boolean> {
    if (!this.sealer.needsResealing(sealed)) return false;
    const { table, column, rowColumn, purpose } = where;
    const context = { purpose, table, row, owner };
    const resealed = this.sealer.seal(this.sealer.open(sealed, context), context);
    const { rowCount } = await this.database.query(
      `update ${table} set ${column} = $1 where ${rowColumn} = $2 and ${column} = $3`,
      [resealed, row, sealed],
    );
    return rowCount === 1;
  }
}
