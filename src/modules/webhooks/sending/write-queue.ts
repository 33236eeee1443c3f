import { isItemFault, settleEach } from '../../../platform/database/index.js';
import { WorkLoop } from '../../../platform/work/index.js';

/** Writes all inputs in one transaction. @returns an output for each, in their order */
export type WriteAll<Input, Output> = (inputs: readonly Input[]) => Promise<readonly Output[]>;

interface Entry<Input, Output> {
  readonly input: Input;
  readonly written: (output: Output | null) => void;
}

/**
 * Writes what has come in since the last writing, all at once, one writing at a time. What could not be written waits for
 * the next wake-up; once the process stops it is given up instead, as nobody may wait for a database that is gone. An input
 * that the database refuses is given up alone (see {@link settleEach}).
 */
export class WriteQueue<Input, Output> {
  private entries: Entry<Input, Output>[] = [];
  private isStopping = false;
  private readonly loop: WorkLoop;

  constructor(
    private readonly writeAll: WriteAll<Input, Output>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.loop = new WorkLoop(() => this.step(), failed);
  }

  /** Waits until it is written; null: given up. */
  add(input: Input): Promise<Output | null> {
    const { promise, resolve } = Promise.withResolvers<Output | null>();
    this.entries.push({ input, written: resolve });
    this.loop.wake();
    return promise;
  }

  /** Tries again what could not be written. */
  wake(): void {
    if (this.entries.length > 0) this.loop.wake();
  }

  /** From now on each writing is tried once. */
  prepareToStop(): void {
    this.isStopping = true;
    this.wake();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async step(): Promise<boolean> {
    const entries = this.entries;
    if (entries.length === 0) return false;
    this.entries = [];
    const outcomes = await settleEach(
      entries.map(({ input }) => input),
      this.writeAll,
    );
    let kept: PromiseRejectedResult | undefined;
    for (const [position, entry] of entries.entries()) {
      const outcome = outcomes[position];
      if (outcome?.status === 'fulfilled') entry.written(outcome.value);
      else if (outcome && !this.giveUp(entry, outcome.reason)) {
        this.entries.push(entry);
        kept = outcome;
      }
    }
    if (kept) throw kept.reason;
    return this.entries.length > 0;
  }

  /** Gives up what would fail again. @returns false for what is worth another try */
  private giveUp(entry: Entry<Input, Output>, reason: unknown): boolean {
    if (!this.isStopping && !isItemFault(reason)) return false;
    this.failed(reason);
    entry.written(null);
    return true;
  }
}
