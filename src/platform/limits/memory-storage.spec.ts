import { beforeEach, describe, expect, it } from '@jest/globals';
import { itCountsInWindows } from '../../../test/support/window-storage-contract.js';
import { MemoryStorage } from './memory-storage.js';

const WINDOW_MS = 60_000;
let now = 0;
const clock = { now: () => now };
let storage: MemoryStorage;

function letPass(ms: number): Promise<void> {
  now += ms;
  return Promise.resolve();
}

beforeEach(() => {
  now = 1_700_000_000_000;
  storage = new MemoryStorage(clock);
});

async function hitsOf(key: string): Promise<number> {
  return (await storage.increment(key, WINDOW_MS, 10)).totalHits;
}

describe('windows in memory', () => {
  itCountsInWindows(() => storage, letPass);

  it('are forgotten altogether once they have ended', async () => {
    for (let caller = 0; caller < 1_000; caller++) await hitsOf(`caller-${caller}`);
    await letPass(WINDOW_MS);
    await hitsOf('next');
    await letPass(WINDOW_MS);
    await hitsOf('after next');
    expect(storage.size).toBe(2);
  });

  it('go on across the change of generations', async () => {
    await hitsOf('first of its generation');
    await letPass(WINDOW_MS - 1);
    expect(await hitsOf('late')).toBe(1);
    await letPass(2);
    await hitsOf('makes a new generation');
    expect(await hitsOf('late')).toBe(2);
    await letPass(WINDOW_MS);
    expect(await hitsOf('late')).toBe(1);
  });

  it('are bounded in number, and a flood of callers makes only the oldest be forgotten', async () => {
    storage = new MemoryStorage(clock, 100);
    for (let caller = 0; caller < 10_000; caller++) {
      await hitsOf(`flood-${caller}`);
      expect(storage.size).toBeLessThanOrEqual(200);
    }
    expect(await hitsOf('flood-9999')).toBe(2);
    expect(await hitsOf('flood-0')).toBe(1);
  });

  it('do not become longer when the clock is set back', async () => {
    await hitsOf('caller');
    now -= 3_600_000;
    const { timeToExpire, totalHits } = await storage.increment('caller', WINDOW_MS, 10);
    expect(totalHits).toBe(1);
    expect(timeToExpire).toBe(WINDOW_MS / 1000);
  });
});
