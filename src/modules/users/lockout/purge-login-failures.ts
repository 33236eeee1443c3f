import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { repeatEvery } from '../../../platform/metering/index.js';
import { LOG, type Log } from '../../../platform/telemetry/log.js';
import { PURGE_FAILURES } from './lockout.sql.js';
import { LONGEST_LOCK_MS } from './lockout-rules.js';

const INTERVAL_MS = 10 * 60_000;

/** Removes old failures, so that guessing at addresses that do not exist cannot fill the table. */
@Injectable()
export class PurgeLoginFailures implements OnModuleInit, OnApplicationShutdown {
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.stopTimer = repeatEvery(
      INTERVAL_MS,
      () => this.purge(),
      (error) => this.log.warn({ err: error }, 'old login failures were not removed'),
    );
  }

  onApplicationShutdown(): void {
    this.stopTimer?.();
  }

  /** The longest lock may have begun with the last failure, and its doubling is remembered as long again. */
  private async purge(): Promise<void> {
    await this.database.query(PURGE_FAILURES, [new Date(this.clock.now() - 2 * LONGEST_LOCK_MS)]);
  }
}
