import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { BatchedCounter } from '../../../platform/metering/index.js';
import { type FinishedRequest, FinishedRequests } from '../../../platform/telemetry/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import { countRequest, emptyTally, hourOf, mergeTally, type RequestTally } from './request-tally.js';
import { RequestUsageWriter } from './request-usage-writer.js';

/** Counts the requests of verified callers; see {@link BatchedCounter} for what a crash can lose. */
@Injectable()
export class RequestCounter implements OnModuleInit, OnApplicationShutdown {
  private readonly counter: BatchedCounter<RequestTally>;

  constructor(
    private readonly finishedRequests: FinishedRequests,
    writer: RequestUsageWriter,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.counter = new BatchedCounter({
      merge: mergeTally,
      write: (tallies) => writer.write(tallies),
      refused: (error) => this.log.error({ err: error }, 'request counts that the database refuses are given up'),
    });
  }

  onModuleInit(): void {
    this.finishedRequests.listen((finished) => this.count(finished));
    this.counter.start((error) => this.log.warn({ err: error }, 'request counts are kept for the next flush'));
  }

  onApplicationShutdown(): Promise<void> {
    return this.counter.stop();
  }

  /** Writes what this process has counted so far, for readers that want to see it now. */
  flush(): Promise<void> {
    return this.counter.flush();
  }

  private count(finished: FinishedRequest): void {
    const hourMs = hourOf(this.clock.now());
    const key = `${finished.principal.credentialId}|${hourMs}`;
    let tally = this.counter.get(key);
    if (!tally) {
      tally = emptyTally(finished, hourMs);
      this.counter.open(key, tally);
    }
    countRequest(tally, finished);
  }
}
