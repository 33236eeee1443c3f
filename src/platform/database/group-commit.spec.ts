import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from './group-commit.js';

/** A writer whose batches end when the test says so. */
function heldWriter(groupsMax = 1) {
  const batches: { items: readonly number[]; finish: () => void; fail: (reason: Error) => void }[] = [];
  const group = new GroupCommit<number, string>(
    (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      batches.push({ items, finish: () => resolve(items.map((item) => `wrote ${item}`)), fail: reject });
      return promise;
    },
    { sizeMax: 100, groupsMax, waitingMax: 1_000 },
  );
  return { group, batches };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('writes what comes in one turn together, and what comes meanwhile in the next batch', async () => {
    const { group, batches } = heldWriter();
    const first = Promise.all([group.add(1), group.add(2)]);
    await turn();
    const second = group.add(3);
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2]]);
    batches[0]?.finish();
    expect(await first).toEqual(['wrote 1', 'wrote 2']);
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2], [3]]);
    batches[1]?.finish();
    await second;
    await group.settled();
  });

  it('resolves nobody before the commit', async () => {
    const { group, batches } = heldWriter();
    let isResolved = false;
    const added = group.add(1).then(() => {
      isResolved = true;
    });
    await turn();
    expect(isResolved).toBe(false);
    batches[0]?.finish();
    await added;
    expect(isResolved).toBe(true);
  });

  it('fails exactly those whose batch failed, and goes on', async () => {
    const { group, batches } = heldWriter();
    const failed = expect(group.add(1)).rejects.toThrow('disk full');
    await turn();
    const fine = group.add(2);
    batches[0]?.fail(new Error('disk full'));
    await failed;
    await turn();
    batches[1]?.finish();
    await expect(fine).resolves.toBe('wrote 2');
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]]);
  });

  it('fails an item that the database refuses alone, however many share its group', async () => {
    const committed: number[] = [];
    const group = new GroupCommit<number, number>(
      async (items) => {
        if (items.includes(13)) throw Object.assign(new Error('no such character'), { code: '22P05' });
        committed.push(...items);
        return items;
      },
      { sizeMax: 100, groupsMax: 1 },
    );
    const items = Array.from({ length: 78 }, (_, item) => item);
    const settled = await Promise.allSettled(items.map((item) => group.add(item)));
    expect(settled.flatMap(({ status }, item) => (status === 'rejected' ? [item] : []))).toEqual([13]);
    expect(committed.toSorted((a, b) => a - b)).toEqual(items.filter((item) => item !== 13));
  });

  it('has no more groups under way than it may, nor more items in one', async () => {
    const { group, batches } = heldWriter(2);
    for (let item = 0; item < 350; item += 1) void group.add(item);
    await turn();
    expect(batches.map(({ items }) => items.length)).toEqual([100, 100]);
    batches[1]?.finish();
    await turn();
    expect(batches.map(({ items }) => items.length)).toEqual([100, 100, 100]);
    const settled = group.settled();
    for (let position = 0; position < 4; position += 1) {
      batches[position]?.finish();
      await turn();
    }
    await settled;
    expect(batches.flatMap(({ items }) => items)).toEqual(Array.from({ length: 350 }, (_, item) => item));
  });

  it('refuses more than it can hold instead of growing without end', async () => {
    const { group } = heldWriter();
    void group.add(0);
    await turn();
    for (let count = 0; count < 1_000; count += 1) void group.add(count);
    await expect(group.add(1)).rejects.toThrow('too many writes');
  });
});
