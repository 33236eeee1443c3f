import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/telemetry/log.js';
import type { Algorithm } from './codec/algorithms.js';

const HOUR_MS = 3_600_000;
const FLUSH_INTERVAL_MS = 1_000;

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

/** Counts operations in memory and writes them in one statement a second; `kill -9` loses at most the last second. */
@Injectable()
export class UsageCounter implements OnModuleInit, OnApplicationShutdown {
  private tallies = new Map<string, Tally>();
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.flush().catch((error: unknown) => this.log.warn({ err: error }, 'usage is kept for the next flush'));
    }, FLUSH_INTERVAL_MS);
    this.timer.unref();
  }

  count(caller: Principal, done: CountedOperation): void {
    const bucketMs = Math.floor(this.clock.now() / HOUR_MS) * HOUR_MS;
    const key = [caller.userId, bucketMs, caller.credentialId, done.algorithm, done.operation].join('|');
    const tally = this.tallies.get(key);
    if (!tally) {
      const { userId: ownerId, credentialId } = caller;
      this.tallies.set(key, { ...done, ownerId, credentialId, bucketMs, operations: 1 });
      return;
    }
    tally.operations += 1;
    tally.bytesIn += done.bytesIn;
    tally.bytesOut += done.bytesOut;
  }

  /** Writes what has been counted so far; one flush at a time, and what could not be written is kept. */
  flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.write());
    return this.flushing;
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async write(): Promise<void> {
    if (this.tallies.size === 0) return;
    const written = this.tallies;
    this.tallies = new Map();
    // every process locks the rows in the same order, so that two of them cannot wait for each other
    const rows = [...written].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => tally);
    try {
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
    } catch (error) {
      this.takeBack(written);
      throw error;
    }
  }

  private takeBack(unwritten: ReadonlyMap<string, Tally>): void {
    for (const [key, tally] of unwritten) {
      const newer = this.tallies.get(key);
      if (newer) {
        tally.operations += newer.operations;
        tally.bytesIn += newer.bytesIn;
        tally.bytesOut += newer.bytesOut;
      }
      this.tallies.set(key, tally);
    }
  }
}
