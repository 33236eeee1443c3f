import { CodecBusyError } from '../format/codec-busy-error.js';
import type { CodecPoolLimits } from './codec-pool.policy.js';
import type { CompressOptions } from '../format/codec-rules.js';

type StreamLimits = Pick<
  CodecPoolLimits,
  'streamsPerOwnerMax' | 'streamsMax' | 'slowStreamsMax' | 'slowStreamsPerOwnerMax'
>;

interface Held {
  readonly places: number;
  readonly slow: number;
}

const NOTHING: Held = { places: 0, slow: 0 };

/** Counts the streams that are open, and those of them that are slow: per owner and in total. */
export class StreamCounter {
  readonly #limits: StreamLimits;
  readonly #perOwner = new Map<string, Held>();
  #total = NOTHING;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** How many streams are open. */
  get open(): number {
    return this.#total.places;
  }

  /** Takes a place, and returns what gives it back (once, however often it is called); throws CodecBusyError. */
  acquire(ownerId: string, options?: Pick<CompressOptions, 'algorithm' | 'level'>): () => void {
    const slow = options !== undefined && isSlow(options) ? 1 : 0;
    this.#check(this.#perOwner.get(ownerId) ?? NOTHING, slow);
    this.#count(ownerId, 1, slow);
    let isHeld = true;
    return () => {
      if (isHeld) {
        isHeld = false;
        this.#count(ownerId, -1, -slow);
      }
    };
  }

  #check(owned: Held, slow: number): void {
    const { streamsPerOwnerMax, streamsMax, slowStreamsPerOwnerMax, slowStreamsMax } = this.#limits;
    if (owned.places >= streamsPerOwnerMax) {
      throw new CodecBusyError(`At most ${streamsPerOwnerMax} of your streams may be open at a time.`);
    }
    if (this.#total.places >= streamsMax) {
      throw new CodecBusyError('Too many streams are open.');
    }
    if (owned.slow + slow > slowStreamsPerOwnerMax) {
      throw new CodecBusyError('Another of your streams is open at one of the slowest levels; a lower level is free.');
    }
    if (this.#total.slow + slow > slowStreamsMax) {
      throw new CodecBusyError('Too many streams at the slowest levels are open; a lower level is free.');
    }
  }

  #count(ownerId: string, places: number, slow: number): void {
    const owned = sum(this.#perOwner.get(ownerId) ?? NOTHING, places, slow);
    if (owned.places === 0) {
      this.#perOwner.delete(ownerId);
    } else {
      this.#perOwner.set(ownerId, owned);
    }
    this.#total = sum(this.#total, places, slow);
  }
}

function sum(held: Held, places: number, slow: number): Held {
  return { places: held.places + places, slow: held.slow + slow };
}

// A chunk at these levels can occupy its thread for a tenth of a second and more; password hashes share those threads.
function isSlow({ algorithm, level }: Pick<CompressOptions, 'algorithm' | 'level'>): boolean {
  return (algorithm === 'brotli' && level >= 9) || (algorithm === 'zstd' && level >= 16);
}
