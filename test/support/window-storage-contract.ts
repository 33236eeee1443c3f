import { expect, it } from '@jest/globals';

/** What the contract asks of a storage; the same for every one. */
export interface StorageUnderTest {
  increment(
    key: string,
    windowMs: number,
    limit: number,
    blockMs: number,
    policy: string,
  ): Promise<{ totalHits: number; timeToExpire: number; isBlocked: boolean }>;
}

const WINDOW_MS = 60_000;

/** Tests that a storage counts in fixed windows; `letPass` lets its time go by. */
export function itCountsInWindows(
  storage: () => StorageUnderTest,
  letPass: (ms: number) => Promise<void>,
  windowMs: number = WINDOW_MS,
): void {
  let callers = 0;
  const newCaller = (): string => `caller-${process.pid}-${callers++}`;
  const hit = (key: string, limit = 3) => storage().increment(key, windowMs, limit, windowMs, 'anonymous');

  it('lets exactly the limit pass and refuses the next', async () => {
    const key = newCaller();
    const records = [await hit(key), await hit(key), await hit(key), await hit(key)];
    expect(records.map(({ totalHits }) => totalHits)).toEqual([1, 2, 3, 4]);
    expect(records.map(({ isBlocked }) => isBlocked)).toEqual([false, false, false, true]);
  });

  it('lets exactly the limit pass of many requests at once', async () => {
    const key = newCaller();
    const records = await Promise.all(Array.from({ length: 50 }, () => hit(key, 20)));
    expect(records.filter(({ isBlocked }) => !isBlocked)).toHaveLength(20);
    expect(new Set(records.map(({ totalHits }) => totalHits)).size).toBe(50);
  });

  it('counts each caller apart', async () => {
    const [first, second] = [newCaller(), newCaller()];
    for (let request = 0; request < 5; request++) await hit(first);
    expect(await hit(second)).toMatchObject({ totalHits: 1, isBlocked: false });
  });

  it('starts a window with the first request and does not lengthen it with later ones', async () => {
    const key = newCaller();
    const first = await hit(key);
    expect(first.timeToExpire).toBeCloseTo(windowMs / 1000, 1);
    await letPass(windowMs / 2);
    const second = await hit(key);
    expect(second.totalHits).toBe(2);
    expect(second.timeToExpire).toBeLessThanOrEqual(windowMs / 2000);
  });

  it('forgets when the window is over, a blocked caller too', async () => {
    const key = newCaller();
    for (let request = 0; request < 5; request++) await hit(key);
    await letPass(windowMs + 1);
    expect(await hit(key)).toMatchObject({ totalHits: 1, isBlocked: false });
  });
}
