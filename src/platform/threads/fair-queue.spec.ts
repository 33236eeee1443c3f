import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FairQueue } from './fair-queue.js';

describe('FairQueue', () => {
  it('lets a late owner go before the rest of a flood', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3']) {
      queue.push('a', item);
    }
    queue.push('b', 'b1');
    expect([queue.take(), queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
      'a1',
      'b1',
      'a2',
      'a3',
      undefined,
    ]);
    expect(queue.isEmpty).toBe(true);
  });

  it('passes over an owner who may not go, without costing them their turn', () => {
    const queue = new FairQueue<string>();
    queue.push('a', 'a1');
    queue.push('b', 'b1');
    queue.push('b', 'b2');
    expect(queue.take((owner) => owner !== 'a')).toBe('b1');
    expect(queue.take((owner) => owner === 'c')).toBeUndefined();
    expect(queue.take()).toBe('a1');
    expect(queue.count('b')).toBe(1);
  });

  it('takes out one item without touching the others', () => {
    const queue = new FairQueue<string>();
    queue.push('a', 'a1');
    queue.push('a', 'a2');
    queue.push('b', 'b1');
    expect(queue.remove('a', 'a1')).toBe(true);
    expect(queue.remove('a', 'a1')).toBe(false);
    expect(queue.remove('c', 'b1')).toBe(false);
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['a2', 'b1', undefined]);
    queue.push('a', 'a3');
    expect(queue.remove('a', 'a3')).toBe(true);
    expect(queue.isEmpty).toBe(true);
  });

  it('loses and doubles nothing, keeps each order, and serves n owners within n turns', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), (owners) => {
        const queue = new FairQueue<{ owner: string; number: number }>();
        owners.forEach((owner, number) => {
          queue.push(owner, { owner, number });
        });
        const taken: { owner: string; number: number }[] = [];
        for (let item = queue.take(); item !== undefined; item = queue.take()) {
          taken.push(item);
        }
        expect(taken).toHaveLength(owners.length);
        for (const owner of new Set(owners)) {
          const own = taken.filter((item) => item.owner === owner).map(({ number }) => number);
          expect(own).toEqual(own.toSorted((one, other) => one - other));
          expect(taken.findIndex((item) => item.owner === owner)).toBeLessThan(new Set(owners).size);
        }
      }),
    );
  });
});
