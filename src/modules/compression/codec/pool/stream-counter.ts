import { CodecBusyError } from '../format/codec.errors.js';
import type { CodecPoolLimits } from './codec-pool.policy.js';
import type { CompressOptions } from '../format/codec-rules.js';

type StreamLimits = Pick<
  CodecPoolLimits,
  'streamsPerOwnerMax' | 'streamsMax' | 'slowStreamsMax' | 'slowStreamsPerOwnerMax'
>;

interface Open {
  readonly streams: number;
  readonly slow: number;
}

const NOTHING: Open = { streams: 0, slow: 0 };

/** Counts the streams that are open, and those of them at slow levels: per owner and in total. */
export class StreamCounter {
  private readonly perOwner = new Map<string, Open>();
  private total = NOTHING;

  constructor(private readonly limits: StreamLimits) {}

  /** How many streams are open. */
  get open(): number {
    return this.total.streams;
  }

  /** Counts a stream of the owner until the returned function is called, once or more often; throws CodecBusyError. */
  acquire(ownerId: string, options?: Pick<CompressOptions, 'algorithm' | 'level'>): () => void {
    const slow = options !== undefined && isSlow(options) ? 1 : 0;
    this.check(this.perOwner.get(ownerId) ?? NOTHING, slow);
    this.count(ownerId, 1, slow);
    let isHeld = true;
    return () => {
      if (isHeld) {
        isHeld = false;
        this.count(ownerId, -1, -slow);
      }
    };
  }

  private check(owned: Open, slow: number): void {
    const { streamsPerOwnerMax, streamsMax, slowStreamsPerOwnerMax, slowStreamsMax } = this.limits;
    if (owned.streams >= streamsPerOwnerMax) {
      throw new CodecBusyError(`At most ${streamsPerOwnerMax} of your streams may be open at a time.`);
    }
    if (this.total.streams >= streamsMax) {
      throw new CodecBusyError('Too many streams are open.');
    }
    if (owned.slow + slow > slowStreamsPerOwnerMax) {
      throw new CodecBusyError('Another of your streams is open at one of the slowest levels; a lower level is free.');
    }
    if (this.total.slow + slow > slowStreamsMax) {
      throw new CodecBusyError('Too many streams at the slowest levels are open; a lower level is free.');
    }
  }

  private count(ownerId: string, streams: number, slow: number): void {
    const owned = sum(this.perOwner.get(ownerId) ?? NOTHING, streams, slow);
    if (owned.streams === 0) {
      this.perOwner.delete(ownerId);
    } else {
      this.perOwner.set(ownerId, owned);
    }
    this.total = sum(this.total, streams, slow);
  }
}

function sum(open: Open, streams: number, slow: number): Open {
  return { streams: open.streams + streams, slow: open.slow + slow };
}

// A chunk at these levels can occupy its thread for a tenth of a second and more; password hashes share those threads.
function isSlow({ algorithm, level }: Pick<CompressOptions, 'algorithm' | 'level'>): boolean {
  return (algorithm === 'brotli' && level >= 9) || (algorithm === 'zstd' && level >= 16);
}
