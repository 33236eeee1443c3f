import { Injectable } from '@nestjs/common';
import { Database, DatabaseClock } from '../database/index.js';
import { ScheduledJobs } from '../work/index.js';

/** Rows a statement; a long one would hold its locks for long. */
const BATCH_SIZE = 5_000;

/** How long the rows of a table are kept. */
export interface RetentionRule {
  readonly table: string;
  /** The indexed column with the time that counts. */
  readonly column: string;
  readonly keptMs: number;
  /** Which rows it is about; all unless told. */
  readonly where?: string;
}

/** Deletes rows that are past their time, in small steps. */
@Injectable()
export class RowRetention {
  private readonly rules: RetentionRule[] = [];

  constructor(
    jobs: ScheduledJobs,
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {
    jobs.add({ name: 'row-retention', cron: '47 * * * *', run: () => this.deleteOld() });
  }

  /** Registers tables. */
  keep(...rules: RetentionRule[]): void {
    this.rules.push(...rules);
  }

  private async deleteOld(): Promise<void> {
    const untilMs = await this.clock.purgeableUntilMs();
    for (const { table, column, keptMs, where = 'true' } of this.rules) {
      const before = new Date(untilMs - keptMs);
      const statement = `
        delete from ${table} where ctid = any(array(
          select ctid from ${table} where ${column} < $1 and ${where} limit $2 for update skip locked))`;
      let deleted: number;
      do {
        deleted = (await this.database.query(statement, [before, BATCH_SIZE])).rowCount ?? 0;
      } while (deleted === BATCH_SIZE);
    }
  }
}
