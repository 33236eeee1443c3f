import { describe, expect, it } from '@jest/globals';
import { JobQueue } from './job-queue.js';

const LIMITS = { queuedPerOwnerMax: 3, queuedBytesPerOwnerMax: 100, queuedBytesMax: 200 };
const full = (whose: string): Error => new Error(`full of ${whose}`);

describe('JobQueue', () => {
  it('refuses an owner who has too many waiting, and nobody else', () => {
    const queue = new JobQueue(LIMITS, full);
    for (let number = 0; number < 3; number += 1) {
      queue.push({ ownerId: 'a', sizeBytes: 1 });
    }
    expect(() => {
      queue.push({ ownerId: 'a', sizeBytes: 1 });
    }).toThrow('full of owner');
    queue.push({ ownerId: 'b', sizeBytes: 1 });
    expect(queue.take()?.ownerId).toBe('a');
    queue.push({ ownerId: 'a', sizeBytes: 1 });
  });

  it('refuses by bytes, of one owner and of all, but never the only one waiting', () => {
    const queue = new JobQueue(LIMITS, full);
    queue.push({ ownerId: 'a', sizeBytes: 150 });
    expect(() => {
      queue.push({ ownerId: 'a', sizeBytes: 1 });
    }).toThrow('full of owner');
    expect(() => {
      queue.push({ ownerId: 'b', sizeBytes: 51 });
    }).toThrow('full of everybody');
    queue.push({ ownerId: 'b', sizeBytes: 50 });
  });

  it('forgets the bytes of what was taken', () => {
    const queue = new JobQueue(LIMITS, full);
    for (let round = 0; round < 10; round += 1) {
      queue.push({ ownerId: 'a', sizeBytes: 100 });
      queue.push({ ownerId: 'b', sizeBytes: 100 });
      expect(queue.take()?.ownerId).toBe('a');
      expect(queue.take()?.ownerId).toBe('b');
    }
    expect(queue.isEmpty).toBe(true);
  });
});
