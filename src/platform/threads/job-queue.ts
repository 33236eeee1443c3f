import { FairQueue } from './fair-queue.js';

/** How much may wait: items of an owner, bytes of an owner, and bytes in all. */
export interface QueueLimits {
  readonly queuedPerOwnerMax: number;
  readonly queuedBytesPerOwnerMax: number;
  readonly queuedBytesMax: number;
}

/** What a full queue throws, by whose waiting items fill it. */
export type QueueFull = (whose: 'owner' | 'everybody') => Error;

interface Sized {
  readonly ownerId: string;
  readonly sizeBytes: number;
}

/** A fair queue that refuses what would be too much waiting, by number and by bytes; an owner's first item may be of any size. */
export class JobQueue<Item extends Sized> {
  readonly #limits: QueueLimits;
  readonly #full: QueueFull;
  readonly #items = new FairQueue<Item>();
  readonly #bytesByOwner = new Map<string, number>();
  #bytes = 0;

  constructor(limits: QueueLimits, full: QueueFull) {
    this.#limits = limits;
    this.#full = full;
  }

  get isEmpty(): boolean {
    return this.#items.isEmpty;
  }

  /** Throws what the queue was given for being full. */
  push(item: Item): void {
    this.#checkRoom(item);
    this.#items.push(item.ownerId, item);
    this.#count(item.ownerId, item.sizeBytes);
  }

  /** The next item of the owner whose turn it is, among those that `mayTake` lets; undefined when there is none. */
  take(mayTake?: (ownerId: string) => boolean): Item | undefined {
    const item = this.#items.take(mayTake);
    if (item !== undefined) {
      this.#count(item.ownerId, -item.sizeBytes);
    }
    return item;
  }

  /** Takes out an item that is not wanted any more; whether it was still waiting. */
  remove(item: Item): boolean {
    const wasWaiting = this.#items.remove(item.ownerId, item);
    if (wasWaiting) {
      this.#count(item.ownerId, -item.sizeBytes);
    }
    return wasWaiting;
  }

  #checkRoom({ ownerId, sizeBytes }: Sized): void {
    const queued = this.#items.count(ownerId);
    const ownerBytes = (this.#bytesByOwner.get(ownerId) ?? 0) + sizeBytes;
    if (queued >= this.#limits.queuedPerOwnerMax || (queued > 0 && ownerBytes > this.#limits.queuedBytesPerOwnerMax)) {
      throw this.#full('owner');
    }
    if (this.#bytes > 0 && this.#bytes + sizeBytes > this.#limits.queuedBytesMax) {
      throw this.#full('everybody');
    }
  }

  #count(ownerId: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#items.count(ownerId) === 0) {
      this.#bytesByOwner.delete(ownerId);
    } else {
      this.#bytesByOwner.set(ownerId, (this.#bytesByOwner.get(ownerId) ?? 0) + bytes);
    }
  }
}
