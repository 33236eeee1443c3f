import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/clock.module.js';
import { Database } from '../database/index.js';
import { LOG, type Log } from '../telemetry/log.js';
import { repeatEvery } from './repeat-every.js';

const INTERVAL_MS = 3_600_000;
/** Rows a statement; a long one would hold its locks for long. */
const BATCH_SIZE = 5_000;

/** How long the rows of a table are kept. */
export interface RetentionRule {
  readonly table: string;
  /** The indexed column with the time that counts. */
  readonly column: string;
  readonly keptMs: number;
}

/** Deletes rows that are past their time, at the start and once an hour; two processes at once share the work. */
@Injectable()
export class RowRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rules: RetentionRule[] = [];
  private stopTimer: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Registers a table; to be called before the application has started. */
  keep(...rules: RetentionRule[]): void {
    this.rules.push(...rules);
  }

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.log.warn({ err: error }, 'old rows are left for the next run');
    this.stopTimer = repeatEvery(INTERVAL_MS, () => this.run(), failed);
    this.run().catch(failed);
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.stopTimer?.();
    await this.running.catch(() => undefined);
  }

  private run(): Promise<void> {
    this.running = this.deleteAll();
    return this.running;
  }

  private async deleteAll(): Promise<void> {
    for (const { table, column, keptMs } of this.rules) {
      const before = new Date(this.clock.now() - keptMs);
      const statement = `
        delete from ${table} where ctid = any(array(
          select ctid from ${table} where ${column} < $1 limit $2 for update skip locked))`;
      let deleted = BATCH_SIZE;
      while (deleted === BATCH_SIZE && !this.isStopped) {
        deleted = (await this.database.query(statement, [before, BATCH_SIZE])).rowCount ?? 0;
      }
    }
  }
}
