import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseClock } from '../database/index.js';
import { PacedRounds } from '../work/index.js';
import { LOG, type Log } from '../log/index.js';
import { HealthChecks } from './health-checks.js';

/** Beyond it a process's clock is a fault: signatures, tokens and locks begin and end at other moments there. */
const SKEW_MAX_MS = 5_000;
const INTERVAL_MS = 10_000;

/** Compares this process's clock with the database's. A skew is logged once when it comes and once when it has gone. */
@Injectable()
export class ClockSkew implements OnApplicationBootstrap, OnApplicationShutdown {
  private latestMs = 0;
  private readonly rounds: PacedRounds;

  constructor(
    checks: HealthChecks,
    private readonly clock: DatabaseClock,
    @Inject(LOG) private readonly log: Log,
  ) {
    // while the database does not answer nothing is known, which its own check tells
    this.rounds = new PacedRounds(
      INTERVAL_MS,
      () => this.measure(),
      () => undefined,
    );
    checks.register('clock', () => this.check());
  }

  /** How far the clock was ahead of the database's when it was last compared, in seconds; negative: behind it. */
  get seconds(): number {
    return this.latestMs / 1000;
  }

  onApplicationBootstrap(): void {
    this.rounds.startAtOnce();
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /** As it was last compared: a database that is away is not the clock's fault. */
  private check(): Promise<void> {
    return isTooMuch(this.latestMs) ? Promise.reject(new Error('the clock is off')) : Promise.resolve();
  }

  private async measure(): Promise<void> {
    const wasTooMuch = isTooMuch(this.latestMs);
    this.latestMs = await this.clock.skewMs();
    if (isTooMuch(this.latestMs) === wasTooMuch) return;
    const skew = { skew_seconds: Math.round(this.seconds * 10) / 10 };
    if (wasTooMuch) this.log.info(skew, "this process's clock agrees with the database's again");
    else this.log.warn(skew, "this process's clock and the database's differ: synchronise them");
  }
}

function isTooMuch(skewMs: number): boolean {
  return Math.abs(skewMs) > SKEW_MAX_MS;
}
