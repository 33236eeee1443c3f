import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { type SealContext, SealError, type SealFault, Sealer } from '../../kernel/crypto/seal.js';
import { CONFIG, type Config, ConfigError, SECRETS_FILE } from '../config/index.js';
import { Database } from '../database/index.js';
import { type SealedColumn, SealedColumns } from './sealed-columns.js';
import { contextOfRow, readSealedRows } from './sealed-rows.js';

const CANARY: SealedColumn = {
  table: 'sealing_canary',
  column: 'value_sealed',
  purpose: 'canary',
  rowColumn: 'id',
  ownerColumn: 'id',
};
const CANARY_ROW = 'canary';
const CANARY_CONTEXT: SealContext = {
  purpose: CANARY.purpose,
  table: CANARY.table,
  row: CANARY_ROW,
  owner: CANARY_ROW,
};

/** Values of each column that are tried where there is no canary yet. */
const SAMPLES = 5;

/**
 * Tells at the start whether the master key is the one that this database is sealed with. A wrong one would otherwise
 * show in failed logins and signatures, and what is sealed meanwhile would be lost with its correction.
 */
@Injectable()
export class MasterKeyCheck {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly columns: SealedColumns,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    columns.register(CANARY);
  }

  /**
   * Opens the canary, which the first start writes; of processes that start at once, one writes it and all open that.
   * @throws ConfigError naming the setting that is wrong
   */
  async run(): Promise<void> {
    const fault = this.faultOf((await this.find()) ?? (await this.create()), CANARY_CONTEXT);
    if (fault === 'unknown-key') throw this.wrongKey();
    if (fault) throw damagedCanary();
  }

  private async find(): Promise<string | null> {
    const [found] = await readSealedRows(this.database, CANARY, { limit: 1 });
    return found?.sealed ?? null;
  }

  private async create(): Promise<string> {
    if (await this.isSealedWithOthers()) throw this.wrongKey();
    const made = this.sealer.seal(CANARY_ROW, CANARY_CONTEXT);
    await this.database.query(
      'insert into sealing_canary (id, value_sealed) values ($1, $2) on conflict (id) do nothing',
      [CANARY_ROW, made],
    );
    return (await this.find()) ?? made;
  }

  /** Whether there are sealed values, and all that can be told of a sample is that they are under other keys. */
  private async isSealedWithOthers(): Promise<boolean> {
    const faults = new Set<SealFault | null>();
    for (const column of this.columns.list()) {
      for (const row of await readSealedRows(this.database, column, { limit: SAMPLES })) {
        faults.add(this.faultOf(row.sealed, contextOfRow(column, row)));
      }
    }
    return faults.has('unknown-key') && !faults.has(null) && !faults.has('authentication');
  }

  private faultOf(sealed: string, context: SealContext): SealFault | null {
    try {
      this.sealer.open(sealed, context);
      return null;
    } catch (error) {
      if (error instanceof SealError) return error.fault;
      throw error;
    }
  }

  private wrongKey(): ConfigError {
    const { masterKeys, dataDirectory } = this.config;
    const [setting, remedy] =
      masterKeys === null
        ? [
            `KINDLY_DATA_DIR: the master key in ${join(dataDirectory, SECRETS_FILE)}`,
            `Put the ${SECRETS_FILE} back that belongs to the database`,
          ]
        : [
            'KINDLY_MASTER_KEY: this master key',
            'Set the one that the database was used with; while you change it, list the new and the old one',
          ];
    return new ConfigError([
      `${setting} cannot open what this database has sealed. ${remedy}, or use an empty database.`,
    ]);
  }
}

function damagedCanary(): ConfigError {
  return new ConfigError([
    'DATABASE_URL: the row of the table sealing_canary is damaged. Look for what else is, then delete the row: ' +
      'the next start tries other sealed values and writes it anew.',
  ]);
}
