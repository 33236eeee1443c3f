import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, DatabaseClock } from '../database/index.js';
import { LOG, type Log } from '../log/index.js';
import { PacedRounds } from '../work/index.js';

const INTERVAL_MS = 60_000;
/** Rows a statement; a long one would hold its locks for long. */
const BATCH_SIZE = 500;

/** Two processes at once share the work instead of waiting for each other. */
const DELETE_EXPIRED = {
  name: 'delete-expired-idempotency-keys',
  text: `delete from idempotency_keys where scope in (
           select scope from idempotency_keys where expires_at <= $1 order by expires_at limit $2 for update skip locked)`,
};

const FORGET_ANSWERS = {
  name: 'forget-idempotent-answers',
  text: `update idempotency_keys set answer_sealed = null, answer_until = null where scope in (
           select scope from idempotency_keys where answer_until <= $1 order by answer_until limit $2
              for update skip locked)`,
};

/** Deletes expired keys, and the answers that are to be forgotten earlier, once a minute. */
@Injectable()
export class IdempotencyPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds: PacedRounds;

  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    @Inject(LOG) log: Log,
  ) {
    this.rounds = new PacedRounds(
      INTERVAL_MS,
      () => this.purge(),
      (error) => log.warn({ err: error }, 'expired idempotency keys are left for the next purge'),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.startAtOnce();
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  private async purge(): Promise<void> {
    const until = new Date(await this.clock.purgeableUntilMs());
    for (const statement of [DELETE_EXPIRED, FORGET_ANSWERS]) {
      let handled = BATCH_SIZE;
      while (handled === BATCH_SIZE && !this.rounds.isStopped) {
        const { rowCount } = await this.database.query(statement, [until, BATCH_SIZE]);
        handled = rowCount ?? 0;
      }
    }
  }
}
