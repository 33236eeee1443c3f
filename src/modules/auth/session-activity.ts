import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { repeatEvery } from '../../platform/metering/index.js';
import { FinishedRequests } from '../../platform/telemetry/index.js';
import { LOG, type Log } from '../../platform/log/index.js';

const FLUSH_INTERVAL_MS = 5_000;

/** Rows are locked in the order of their ids, so that two processes cannot wait for each other. */
const TOUCH_SESSIONS = {
  name: 'touch-sessions',
  text: `with seen as (
           select s.id, t.at from unnest($1::uuid[], $2::timestamptz[]) as t(id, at) join sessions s on s.id = t.id
            where s.last_seen_at < t.at order by s.id for no key update of s
         )
         update sessions set last_seen_at = seen.at from seen where sessions.id = seen.id`,
};

/** Remembers when sessions made their last request and writes it in one statement every few seconds. */
@Injectable()
export class SessionActivity implements OnModuleInit, OnApplicationShutdown {
  private lastSeen = new Map<string, number>();
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly requests: FinishedRequests,
  ) {}

  onModuleInit(): void {
    this.requests.listen(({ principal }) => {
      if (principal.kind === 'session') this.touch(principal.credentialId);
    });
    this.stopTimer = repeatEvery(
      FLUSH_INTERVAL_MS,
      () => this.flush(),
      (error) => this.report(error),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopTimer?.();
    await this.flush().catch((error: unknown) => this.report(error));
  }

  private touch(sessionId: string): void {
    this.lastSeen.set(sessionId, this.clock.now());
  }

  /** What cannot be written is given up: the next request of the session tells more. */
  private async flush(): Promise<void> {
    if (this.lastSeen.size === 0) return;
    const seen = [...this.lastSeen];
    this.lastSeen = new Map();
    const values = [seen.map(([id]) => id), seen.map(([, at]) => new Date(at))];
    await this.database.query(TOUCH_SESSIONS, values);
  }

  private report(error: unknown): void {
    this.log.warn({ err: error }, 'the last use of some sessions was not recorded');
  }
}
