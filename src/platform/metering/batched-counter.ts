import { isItemFault, settleEach } from '../database/index.js';
import { repeatEvery } from './repeat-every.js';

/** How often counters are written, in milliseconds. */
export const FLUSH_INTERVAL_MS = 1_000;

/** What a kind of tally needs to be counted and written. */
export interface CounterParts<Tally> {
  /** Adds what `from` has counted to `into`. */
  readonly merge: (into: Tally, from: Tally) => void;
  /** Writes tallies in one statement: all of them, or none. */
  readonly write: (tallies: readonly Tally[]) => Promise<void>;
  /** Hears of a tally that the database refuses for what it holds, and that is therefore given up. */
  readonly refused: (error: unknown) => void;
}

/**
 * Counts in memory and writes in batches, so that no request waits for a write. `kill -9` loses at most the last
 * interval; a batch that could not be written is kept for the next one. A tally that the database refuses is given up
 * alone: kept, it would keep all others from ever being written.
 */
export class BatchedCounter<Tally> {
  private tallies = new Map<string, Tally>();
  private flushing: Promise<void> = Promise.resolve();
  private stopTimer: (() => void) | undefined;

  constructor(private readonly parts: CounterParts<Tally>) {}

  /** The tally under a key, for the caller to count on; undefined until it is opened after each flush. */
  get(key: string): Tally | undefined {
    return this.tallies.get(key);
  }

  open(key: string, tally: Tally): void {
    this.tallies.set(key, tally);
  }

  start(onFailure: (error: unknown) => void): void {
    this.stopTimer = repeatEvery(FLUSH_INTERVAL_MS, () => this.flush(), onFailure);
  }

  async stop(): Promise<void> {
    this.stopTimer?.();
    await this.flush();
  }

  /** Writes what has been counted so far; one flush at a time. Rejects if that fails; nothing is lost then. */
  flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.write());
    return this.flushing;
  }

  private async write(): Promise<void> {
    if (this.tallies.size === 0) return;
    const written = this.tallies;
    this.tallies = new Map();
    // every process locks the rows in the same order, so that two of them cannot wait for each other
    const inOrder = [...written].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const outcomes = await settleEach(inOrder, async (entries) => {
      await this.parts.write(entries.map(([, tally]) => tally));
      return [];
    });
    this.sortFailures(inOrder, outcomes);
  }

  /** Gives up what is itself at fault and keeps what is not. @throws the reason why something had to be kept */
  private sortFailures(entries: readonly [string, Tally][], outcomes: readonly PromiseSettledResult<void>[]): void {
    let kept: PromiseRejectedResult | undefined;
    for (const [position, [key, tally]] of entries.entries()) {
      const outcome = outcomes[position];
      if (outcome?.status !== 'rejected') continue;
      if (isItemFault(outcome.reason)) this.parts.refused(outcome.reason);
      else {
        this.takeBack(key, tally);
        kept = outcome;
      }
    }
    if (kept) throw kept.reason;
  }

  private takeBack(key: string, unwritten: Tally): void {
    const newer = this.tallies.get(key);
    if (newer) this.parts.merge(newer, unwritten);
    else this.tallies.set(key, unwritten);
  }
}
