import { availableParallelism } from 'node:os';

/** How much a pool runs and keeps waiting. */
export interface CodecPoolLimits {
  /** Workers that may be busy at a time. */
  readonly workersMax: number;
  /** Workers beyond those, for owners with nothing running, while as many jobs have run longer than `overtimeMs`. */
  readonly overtimeWorkersMax: number;
  readonly overtimeMs: number;
  /** A worker without a job ends after this time. */
  readonly idleMs: number;
  readonly queuedPerOwnerMax: number;
  readonly queuedBytesPerOwnerMax: number;
  readonly queuedBytesMax: number;
  readonly streamsPerOwnerMax: number;
  readonly streamsMax: number;
  /** Streams at levels that hold a thread of the libuv pool for long: fewer than it has threads, which are four. */
  readonly slowStreamsMax: number;
  readonly slowStreamsPerOwnerMax: number;
}

const MIB = 1024 * 1024;

/** One core is left to requests; the waiting inputs are bounded by bytes, since one can be as large as a body. */
export const CODEC_POOL_LIMITS: CodecPoolLimits = {
  workersMax: Math.max(1, availableParallelism() - 1),
  overtimeWorkersMax: 2,
  overtimeMs: 200,
  idleMs: 30_000,
  queuedPerOwnerMax: 64,
  queuedBytesPerOwnerMax: 32 * MIB,
  queuedBytesMax: 128 * MIB,
  streamsPerOwnerMax: 4,
  streamsMax: 64,
  slowStreamsMax: 2,
  slowStreamsPerOwnerMax: 1,
};
