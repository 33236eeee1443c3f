import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { Database } from '../../../platform/database/index.js';
import { BatchedCounter } from '../../../platform/metering/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import type { Algorithm } from '../codec/format/codec-rules.js';
import { addUsage, type UsageTally } from './compression-usage.queries.js';

const HOUR_MS = 3_600_000;

/** One finished operation; sizes in bytes. */
export interface CountedOperation {
  readonly operation: 'compress' | 'decompress';
  readonly algorithm: Algorithm;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Counts finished operations; see {@link BatchedCounter} for what a crash can lose. */
@Injectable()
export class UsageCounter implements OnModuleInit, OnApplicationShutdown {
  private readonly counter: BatchedCounter<UsageTally>;

  constructor(
    database: Database,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.counter = new BatchedCounter({
      merge: addTally,
      write: (tallies) => addUsage(database, tallies),
      refused: (error) => this.log.error({ err: error }, 'usage that the database refuses is given up'),
    });
  }

  onModuleInit(): void {
    this.counter.start((error) => this.log.warn({ err: error }, 'usage is kept for the next flush'));
  }

  onApplicationShutdown(): Promise<void> {
    return this.counter.stop();
  }

  /** Counts an operation in the hour of `nowMs` (epoch milliseconds). */
  count(caller: Principal, done: CountedOperation, nowMs: number): void {
    const bucketMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const key = [caller.userId, bucketMs, caller.credentialId, done.algorithm, done.operation].join('|');
    const { userId: ownerId, credentialId } = caller;
    const counted: UsageTally = { ...done, ownerId, credentialId, bucketMs, operations: 1 };
    const tally = this.counter.get(key);
    if (tally) addTally(tally, counted);
    else this.counter.open(key, counted);
  }

  /** Writes what has been counted so far. */
  flush(): Promise<void> {
    return this.counter.flush();
  }
}

function addTally(into: UsageTally, from: UsageTally): void {
  into.operations += from.operations;
  into.bytesIn += from.bytesIn;
  into.bytesOut += from.bytesOut;
}
