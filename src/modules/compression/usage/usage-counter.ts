import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { BatchedCounter } from '../../../platform/metering/index.js';
import { LOG, type Log } from '../../../platform/telemetry/log.js';
import type { Algorithm } from '../codec/format/algorithms.js';

const HOUR_MS = 3_600_000;

/** One finished operation; sizes in bytes. */
export interface CountedOperation {
  readonly operation: 'compress' | 'decompress';
  readonly algorithm: Algorithm;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

interface Tally extends CountedOperation {
  readonly ownerId: string;
  readonly credentialId: string;
  readonly bucketMs: number;
  operations: number;
  bytesIn: number;
  bytesOut: number;
}

const ADD = `
  insert into compression_usage as u
         (owner_id, bucket, credential_id, algorithm, operation, operations, bytes_in, bytes_out)
  select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
  on conflict (owner_id, bucket, credential_id, algorithm, operation) do update
     set operations = u.operations + excluded.operations,
         bytes_in = u.bytes_in + excluded.bytes_in,
         bytes_out = u.bytes_out + excluded.bytes_out`;

/** Counts finished operations; see {@link BatchedCounter} for what a crash can lose. */
@Injectable()
export class UsageCounter implements OnModuleInit, OnApplicationShutdown {
  private readonly counter: BatchedCounter<Tally>;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.counter = new BatchedCounter({ merge: addTally, write: (tallies) => this.write(tallies) });
  }

  onModuleInit(): void {
    this.counter.start((error) => this.log.warn({ err: error }, 'usage is kept for the next flush'));
  }

  onApplicationShutdown(): Promise<void> {
    return this.counter.stop();
  }

  count(caller: Principal, done: CountedOperation): void {
    const bucketMs = Math.floor(this.clock.now() / HOUR_MS) * HOUR_MS;
    const key = [caller.userId, bucketMs, caller.credentialId, done.algorithm, done.operation].join('|');
    const { userId: ownerId, credentialId } = caller;
    const counted: Tally = { ...done, ownerId, credentialId, bucketMs, operations: 1 };
    const tally = this.counter.get(key);
    if (tally) addTally(tally, counted);
    else this.counter.open(key, counted);
  }

  /** Writes what has been counted so far. */
  flush(): Promise<void> {
    return this.counter.flush();
  }

  private async write(rows: readonly Tally[]): Promise<void> {
    await this.database.query({ name: 'add-compression-usage', text: ADD }, [
      rows.map((row) => row.ownerId),
      rows.map((row) => new Date(row.bucketMs)),
      rows.map((row) => row.credentialId),
      rows.map((row) => row.algorithm),
      rows.map((row) => row.operation),
      rows.map((row) => row.operations),
      rows.map((row) => row.bytesIn),
      rows.map((row) => row.bytesOut),
    ]);
  }
}

function addTally(into: Tally, from: Tally): void {
  into.operations += from.operations;
  into.bytesIn += from.bytesIn;
  into.bytesOut += from.bytesOut;
}
