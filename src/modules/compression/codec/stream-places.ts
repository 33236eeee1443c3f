import { CodecBusyError } from './codec-busy-error.js';
import type { CodecPoolLimits } from './codec-pool-limits.js';
import type { CompressOptions } from './codec-options.js';

type StreamLimits = Pick<CodecPoolLimits, 'streamsPerOwnerMax' | 'streamsMax' | 'dearStreamsMax'>;

/** Counts the streams that are open: per owner, in total, and those that are dear. */
export class StreamPlaces {
  readonly #limits: StreamLimits;
  readonly #perOwner = new Map<string, number>();
  #total = 0;
  #dear = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** Takes a place, and returns what gives it back (once, however often it is called); throws CodecBusyError. */
  acquire(ownerId: string, options?: Pick<CompressOptions, 'algorithm' | 'level'>): () => void {
    const owned = this.#perOwner.get(ownerId) ?? 0;
    const dear = options !== undefined && isDear(options) ? 1 : 0;
    this.#check(owned, dear);
    this.#count(ownerId, 1, dear);
    let isHeld = true;
    return () => {
      if (isHeld) {
        isHeld = false;
        this.#count(ownerId, -1, -dear);
      }
    };
  }

  #check(owned: number, dear: number): void {
    if (owned >= this.#limits.streamsPerOwnerMax) {
      throw new CodecBusyError(`At most ${this.#limits.streamsPerOwnerMax} of your streams may be open at a time.`);
    }
    if (this.#total >= this.#limits.streamsMax) {
      throw new CodecBusyError('Too many streams are open.');
    }
    if (this.#dear + dear > this.#limits.dearStreamsMax) {
      throw new CodecBusyError('Too many streams at the slowest levels are open; a lower level is free.');
    }
  }

  #count(ownerId: string, places: number, dear: number): void {
    const owned = (this.#perOwner.get(ownerId) ?? 0) + places;
    if (owned === 0) {
      this.#perOwner.delete(ownerId);
    } else {
      this.#perOwner.set(ownerId, owned);
    }
    this.#total += places;
    this.#dear += dear;
  }
}

// A chunk at these levels can occupy its thread for a tenth of a second and more; password hashes share those threads.
function isDear({ algorithm, level }: Pick<CompressOptions, 'algorithm' | 'level'>): boolean {
  return (algorithm === 'brotli' && level >= 9) || (algorithm === 'zstd' && level >= 16);
}
