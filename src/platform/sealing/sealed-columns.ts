import { Injectable } from '@nestjs/common';

/** A column that holds sealed values, and what their associated data says beside the row. Names of the schema. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  readonly purpose: string;
  /** Column of the id (unique) that the value is sealed for. */
  readonly rowColumn: string;
  /** Column of the owner that the value is sealed for. */
  readonly ownerColumn: string;
}

/** Where sealed values are stored; each module registers its own, so that a change of master keys reaches them. */
@Injectable()
export class SealedColumns {
  private readonly columns: SealedColumn[] = [];

  register(column: SealedColumn): void {
    this.columns.push(column);
  }

  list(): readonly SealedColumn[] {
    return this.columns;
  }
}
