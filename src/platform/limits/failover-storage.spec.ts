import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Log } from '../log/index.js';
import { FailoverStorage } from './failover-storage.js';
import { MemoryStorage } from './memory-storage.js';

const clock = { now: () => Date.now() };
const REQUEST = [60_000, 3, 60_000, 'anonymous'] as const;

let isUp: boolean;
let asked: number;
let warned: string[];
let storage: FailoverStorage;

beforeEach(() => {
  isUp = true;
  asked = 0;
  warned = [];
  const remote = new MemoryStorage(clock);
  const shared = {
    increment: (key: string, windowMs: number, limit: number) => {
      asked++;
      return isUp ? remote.increment(key, windowMs, limit) : Promise.reject(new Error('Command timed out'));
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

  it('is left alone for a second and reported once', async () => {
    isUp = false;
    for (let request = 0; request < 20; request++) await hitsOf('a');
    expect(asked).toBe(1);
    expect(warned).toHaveLength(1);
  });

  it('is used again when it answers, which is reported once', async () => {
    const time = jest.spyOn(performance, 'now');
    time.mockReturnValue(10_000);
    expect(await hitsOf('a')).toBe(1);
    isUp = false;
    expect(await hitsOf('a')).toBe(1);
    isUp = true;
    time.mockReturnValue(11_001);
    expect(await hitsOf('a')).toBe(2);
    await hitsOf('a');
    expect(warned).toHaveLength(2);
    time.mockRestore();
  });
});
