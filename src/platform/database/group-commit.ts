import { settleEach } from './item-fault.js';

/** How many items go together. */
interface GroupLimits {
  /** Most items of one group. */
  readonly sizeMax: number;
  /** Groups under way at once: while one waits for the disk, the next fills. */
  readonly groupsMax: number;
  /** How many items may wait; beyond that the writer is too slow, and whoever comes is told so. Unless given, all may. */
  readonly waitingMax?: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Writes items in groups: what comes in one turn of the event loop, or while groups are under way, shares a statement
 * and its commit. Alone, an item waits for nobody; under load, hundreds share the price of one. An item that the database
 * refuses fails alone (see {@link settleEach}).
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private isScheduled = false;

  /** `write` writes all items or none, and answers with the result of each in their order. */
  constructor(
    private readonly write: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: GroupLimits,
  ) {}

  /** The item's result, once its group has committed; rejects if that could not be written, or too many wait. */
  add(item: Item): Promise<Result> {
    if (this.waiting.length >= (this.limits.waitingMax ?? Infinity)) {
      return Promise.reject(new Error('too many writes are waiting'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.waiting.push({ item, resolve, reject });
    this.schedule();
    return promise;
  }

  /** Resolves when nothing waits or is under way any more. */
  async settled(): Promise<void> {
    while (this.waiting.length > 0 || this.underWay.size > 0) {
      this.startGroup();
      await Promise.race(this.underWay);
    }
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.startGroup();
    });
  }

  private startGroup(): void {
    if (this.waiting.length === 0 || this.underWay.size >= this.limits.groupsMax) return;
    const group = this.waiting.splice(0, this.limits.sizeMax);
    const run = this.commit(group).then(() => {
      this.underWay.delete(run);
      this.startGroup();
    });
    this.underWay.add(run);
    this.startGroup();
  }

  private async commit(group: readonly Waiting<Item, Result>[]): Promise<void> {
    const outcomes = await settleEach(
      group.map(({ item }) => item),
      this.write,
    );
    for (const [position, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') group[position]?.resolve(outcome.value);
      else group[position]?.reject(outcome.reason);
    }
  }
}
