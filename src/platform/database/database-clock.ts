import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { Database } from './database.js';

/** How long past its end a row is kept, so that processes whose clocks differ by less still find it. In milliseconds. */
const PURGE_MARGIN_MS = 60_000;

const READ = {
  name: 'read-database-clock',
  text: 'select (extract(epoch from statement_timestamp()) * 1000)::float8 as "nowMs"',
};

/** The clock of the database, which all processes share: what one of them deletes is gone for the others. */
@Injectable()
export class DatabaseClock {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How far this process's clock is ahead of the database's, in milliseconds; negative: behind it. */
  async skewMs(): Promise<number> {
    const before = this.clock.now();
    const nowMs = await this.read();
    return (before + this.clock.now()) / 2 - nowMs;
  }

  /**
   * The moment up to which what has ended may be deleted (epoch milliseconds): a minute ago by this process's clock and
   * by the database's. A process whose clock is ahead must not delete what keeps the others from letting a copy in.
   */
  async purgeableUntilMs(): Promise<number> {
    return Math.min(await this.read(), this.clock.now()) - PURGE_MARGIN_MS;
  }

  private async read(): Promise<number> {
    const { rows } = await this.database.query<{ nowMs: number }>(READ);
    const [row] = rows;
    if (!row) throw new Error('the database did not tell the time');
    return row.nowMs;
  }
}
