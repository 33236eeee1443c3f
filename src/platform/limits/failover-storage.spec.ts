import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Log } from '../log/index.js';
import { FailoverStorage } from './failover-storage.js';
import { MemoryStorage } from './memory-storage.js';

const clock = { now: () => Date.now() };
const REQUEST = [60_000, 3, 60_000, 'anonymous'] as const;

let isUp: boolean;
/** Answers that are held back until the test lets them go; null: none are. */
let late: (() => void)[] | null;
let warned: string[];
let remote: MemoryStorage;
let storage: FailoverStorage;

beforeEach(() => {
  isUp = true;
  late = null;
  warned = [];
  remote = new MemoryStorage(clock);
  const shared = {
    increment: async (key: string, windowMs: number, limit: number) => {
      if (!isUp) throw new Error('Command timed out');
      const record = await remote.increment(key, windowMs, limit);
      if (late) await new Promise<void>((resolve) => late?.push(resolve));
      return record;
    },
  };
  const note = (...line: unknown[]): void => {
    warned.push(String(line.at(-1)));
  };
  storage = new FailoverStorage(shared, new MemoryStorage(clock), { warn: note, info: note } as unknown as Log);
});

async function hitsOf(key: string): Promise<number> {
  return (await storage.increment(key, ...REQUEST)).totalHits;
}

describe('a shared storage that does not answer', () => {
  it('is replaced by the limit of the process: requests pass, and are still limited', async () => {
    isUp = false;
    const blocked: boolean[] = [];
    for (let request = 0; request < 5; request++) blocked.push((await storage.increment('a', ...REQUEST)).isBlocked);
    expect(blocked).toEqual([false, false, false, true, true]);
  });

  it('is waited for once a second, and reported once', async () => {
    late = [];
    const started = performance.now();
    for (let request = 0; request < 20; request++) await hitsOf('a');
    expect(performance.now() - started).toBeLessThan(20 * 50);
    expect(warned).toHaveLength(1);
    // each of them is counted there all the same
    expect((await remote.increment('a', 60_000, 3)).totalHits).toBe(21);
  });

  it('does not begin a new window: the one of the process goes on from the last count it was told', async () => {
    for (let request = 0; request < 2; request++) await hitsOf('a');
    isUp = false;
    const blocked: boolean[] = [];
    for (let request = 0; request < 3; request++) blocked.push((await storage.increment('a', ...REQUEST)).isBlocked);
    expect(blocked).toEqual([false, true, true]);
  });

  it('is heard when it answers late: what others have used counts from then on', async () => {
    late = [];
    for (let request = 0; request < 5; request++) await remote.increment('a', 60_000, 3);
    expect((await storage.increment('a', ...REQUEST)).isBlocked).toBe(false);
    for (const answer of late) answer();
    await new Promise(setImmediate);
    expect(await storage.increment('a', ...REQUEST)).toMatchObject({ totalHits: 7, isBlocked: true });
  });

  it('is used again when it answers, which is reported once', async () => {
    const time = jest.spyOn(performance, 'now');
    time.mockReturnValue(10_000);
    expect(await hitsOf('a')).toBe(1);
    isUp = false;
    expect(await hitsOf('a')).toBe(2);
    isUp = true;
    time.mockReturnValue(11_001);
    expect(await hitsOf('a')).toBe(2);
    await hitsOf('a');
    expect(warned).toHaveLength(2);
    time.mockRestore();
  });
});
