import { describe, expect, it } from '@jest/globals';
import { BatchedCounter } from './batched-counter.js';

interface Tally {
  readonly name: string;
  count: number;
}

function counter(
  write: (tallies: readonly Tally[]) => Promise<void>,
  refused: (error: unknown) => void = () => undefined,
): {
  add: (name: string) => void;
  flush: () => Promise<void>;
} {
  const batch = new BatchedCounter<Tally>({
    merge: (into, from) => {
      into.count += from.count;
    },
    write,
    refused,
  });
  return {
    add: (name) => {
      const tally = batch.get(name);
      if (tally) tally.count += 1;
      else batch.open(name, { name, count: 1 });
    },
    flush: () => batch.flush(),
  };
}

describe('BatchedCounter', () => {
  it('writes what was counted once, in the order of the keys, and nothing when nothing was', async () => {
    const batches: Tally[][] = [];
    const { add, flush } = counter(async (tallies) => {
      batches.push(tallies.map((tally) => ({ ...tally })));
    });
    for (const name of ['b', 'a', 'b']) add(name);
    await flush();
    await flush();
    expect(batches).toEqual([
      [
        { name: 'a', count: 1 },
        { name: 'b', count: 2 },
      ],
    ]);
  });

  it('loses nothing and counts nothing twice when a write fails while more is counted', async () => {
    const written = new Map<string, number>();
    let isDown = true;
    const { add, flush } = counter(async (tallies) => {
      await Promise.resolve();
      if (isDown) throw new Error('down');
      for (const { name, count } of tallies) written.set(name, (written.get(name) ?? 0) + count);
    });
    add('a');
    const failing = flush();
    await Promise.resolve();
    await Promise.resolve();
    add('a');
    add('b');
    await expect(failing).rejects.toThrow('down');
    isDown = false;
    await flush();
    expect(Object.fromEntries(written)).toEqual({ a: 2, b: 1 });
  });

  it('gives up alone what the database refuses, and counts nothing else twice', async () => {
    const written: Tally[] = [];
    const refusals: unknown[] = [];
    const { add, flush } = counter(
      async (tallies) => {
        if (tallies.some(({ name }) => name === 'b')) throw Object.assign(new Error('too large'), { code: '22003' });
        written.push(...tallies.map((tally) => ({ ...tally })));
      },
      (error) => refusals.push(error),
    );
    for (const name of ['a', 'b', 'c']) add(name);
    await flush();
    await flush();
    expect(written).toEqual([
      { name: 'a', count: 1 },
      { name: 'c', count: 1 },
    ]);
    expect(refusals).toHaveLength(1);
  });

  it('writes one batch at a time', async () => {
    let running = 0;
    let most = 0;
    const { add, flush } = counter(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    const flushes = ['a', 'b', 'c'].map((name) => {
      add(name);
      return flush();
    });
    await Promise.all(flushes);
    expect(most).toBe(1);
  });
});
