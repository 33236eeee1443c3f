import { settleEach } from './item-fault.js';

/** Most keys that one query asks for. */
const BATCH_SIZE_MAX = 256;

type Batch<Row> = Map<string, PromiseWithResolvers<Row | null>>;

/**
 * Looks rows up by a key of their own. Lookups that are asked for in one turn of the event loop share a query, which is
 * sent after the last of them: most of the price of a lookup is its way to the database and back. A key that the database
 * refuses fails alone (see {@link settleEach}).
 */
export class BatchedLookup<Row extends object> {
  private open: Batch<Row> | null = null;

  /** `ask` reads the rows of the keys, in any order; `keyOf` tells whose each one is. */
  constructor(
    private readonly ask: (keys: readonly string[]) => Promise<readonly Row[]>,
    private readonly keyOf: (row: Row) => string,
  ) {}

  /** The row as it stands now, null if there is none. Rejects with what `ask` rejects with. */
  find(key: string): Promise<Row | null> {
    const batch = this.batch();
    let asked = batch.get(key);
    if (!asked) {
      asked = Promise.withResolvers();
      batch.set(key, asked);
    }
    return asked.promise;
  }

  private batch(): Batch<Row> {
    if (this.open && this.open.size < BATCH_SIZE_MAX) return this.open;
    const batch: Batch<Row> = new Map();
    this.open = batch;
    setImmediate(() => {
      if (this.open === batch) this.open = null;
      void this.settle(batch);
    });
    return batch;
  }

  private async settle(batch: Batch<Row>): Promise<void> {
    const outcomes = await settleEach([...batch.keys()], (keys) => this.rowsOf(keys));
    for (const [position, { resolve, reject }] of [...batch.values()].entries()) {
      const outcome = outcomes[position];
      if (outcome?.status === 'fulfilled') resolve(outcome.value);
      else reject(outcome?.reason);
    }
  }

  private async rowsOf(keys: readonly string[]): Promise<(Row | null)[]> {
    const rows = new Map((await this.ask(keys)).map((row) => [this.keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  }
}
