import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database, DatabaseClock } from '../../database/index.js';
import { LOG, type Log } from '../../log/index.js';
import { PacedRounds } from '../../work/index.js';

const INTERVAL_MS = 2_000;
const BATCH_SIZE = 2_000;

/** Locked rows are being deleted by another process: skipping them makes the processes share the work. */
const DELETE_EXPIRED = {
  name: 'delete-expired-nonces',
  text: `delete from spent_nonces where ctid = any (array(
           select ctid from spent_nonces where expires_at < $1 order by expires_at limit ${BATCH_SIZE} for update skip locked))`,
};

/**
 * Forgets nonces that have expired. Small batches keep each transaction short, and their steady pace lets PostgreSQL
 * use the freed pages again, so that the table stays as large as what was spent within a nonce's life.
 */
@Injectable()
export class NoncePurge implements OnModuleInit, OnApplicationShutdown {
  private readonly rounds: PacedRounds;

  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    @Inject(LOG) log: Log,
  ) {
    this.rounds = new PacedRounds(
      INTERVAL_MS,
      () => this.purge(),
      (error) => log.warn({ err: error }, 'expired nonces stay until the next purge'),
    );
  }

  onModuleInit(): void {
    this.rounds.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async purge(): Promise<void> {
    const until = new Date(await this.clock.purgeableUntilMs());
    while (!this.rounds.isStopped && (await this.deleteBatch(until)) === BATCH_SIZE);
  }

  private async deleteBatch(until: Date): Promise<number> {
    const { rowCount } = await this.database.query(DELETE_EXPIRED, [until]);
    return rowCount ?? 0;
  }
}
