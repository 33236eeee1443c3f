/** How many items may wait; beyond that the writer is too slow, and whoever waits is told so. */
const WAITING_MAX = 20_000;
/** Items in one write. */
const BATCH_MAX = 1_000;

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Writes items in batches, one batch at a time: what comes while one is being written makes up the next. Alone, an item
 * waits for nobody; under load, hundreds share one commit.
 */
export class GroupCommit<Item> {
  private waiting: Waiting<Item>[] = [];
  private running: Promise<void> | null = null;

  /** `write` writes all items, or none. */
  constructor(private readonly write: (items: readonly Item[]) => Promise<void>) {}

  /** Resolves once the item is committed; rejects if its batch could not be written, or too many wait. */
  add(item: Item): Promise<void> {
    if (this.waiting.length >= WAITING_MAX) return Promise.reject(new Error('too many writes are waiting'));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ item, resolve, reject });
    this.running ??= this.run();
    return promise;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // whoever writes in the same turn shares the batch
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH_MAX);
      this.waiting = this.waiting.slice(BATCH_MAX);
      await this.commit(batch);
    }
    this.running = null;
  }

  private async commit(batch: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.write(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
