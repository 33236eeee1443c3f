import { CodecBusyError } from './codec-busy-error.js';
import type { CodecPoolLimits } from './codec-pool-limits.js';
import type { CompressOptions } from './codec-options.js';

type StreamLimits = Pick<
  CodecPoolLimits,
  'streamsPerOwnerMax' | 'streamsMax' | 'dearStreamsMax' | 'dearStreamsPerOwnerMax'
>;

interface Held {
  readonly places: number;
  readonly dear: number;
}

const NOTHING: Held = { places: 0, dear: 0 };

/** Counts the streams that are open, and those of them that are dear: per owner and in total. */
export class StreamPlaces {
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
    const dear = options !== undefined && isDear(options) ? 1 : 0;
    this.#check(this.#perOwner.get(ownerId) ?? NOTHING, dear);
    this.#count(ownerId, 1, dear);
    let isHeld = true;
    return () => {
      if (isHeld) {
        isHeld = false;
        this.#count(ownerId, -1, -dear);
      }
    };
  }

  #check(owned: Held, dear: number): void {
    const { streamsPerOwnerMax, streamsMax, dearStreamsPerOwnerMax, dearStreamsMax } = this.#limits;
    if (owned.places >= streamsPerOwnerMax) {
      throw new CodecBusyError(`At most ${streamsPerOwnerMax} of your streams may be open at a time.`);
    }
    if (this.#total.places >= streamsMax) {
      throw new CodecBusyError('Too many streams are open.');
    }
    if (owned.dear + dear > dearStreamsPerOwnerMax) {
      throw new CodecBusyError('Another of your streams is open at one of the slowest levels; a lower level is free.');
    }
    if (this.#total.dear + dear > dearStreamsMax) {
      throw new CodecBusyError('Too many streams at the slowest levels are open; a lower level is free.');
    }
  }

  #count(ownerId: string, places: number, dear: number): void {
    const owned = sum(this.#perOwner.get(ownerId) ?? NOTHING, places, dear);
    if (owned.places === 0) {
      this.#perOwner.delete(ownerId);
    } else {
      this.#perOwner.set(ownerId, owned);
    }
    this.#total = sum(this.#total, places, dear);
  }
}

function sum(held: Held, places: number, dear: number): Held {
  return { places: held.places + places, dear: held.dear + dear };
}

// A chunk at these levels can occupy its thread for a tenth of a second and more; password hashes share those threads.
function isDear({ algorithm, level }: Pick<CompressOptions, 'algorithm' | 'level'>): boolean {
  return (algorithm === 'brotli' && level >= 9) || (algorithm === 'zstd' && level >= 16);
}
