import { describe, expect, it } from '@jest/globals';
import { assert, integer, property } from 'fast-check';
import { thresholdsReached } from './quota-thresholds.js';

describe('the thresholds of a quota', () => {
  it.each([
    [4, 10, 0, []],
    [5, 10, 0, [50]],
    [8, 10, 50, [80]],
    [10, 10, 80, [100]],
    [10, 10, 100, []],
    [1, 1, 0, [50, 80, 100]],
    [2, 3, 0, [50]],
  ])('with %d of %d used after %d %% was told: %j', (used, limit, told, reached) => {
    expect(thresholdsReached(used, limit, told)).toEqual(reached);
  });

  it('are each reached once, in order, however the use grows', () => {
    assert(
      property(integer({ min: 1, max: 1_000 }), integer({ min: 1, max: 50 }), (limit, step) => {
        const reached: number[] = [];
        for (let used = 0; used < limit + step; used += step) {
          reached.push(...thresholdsReached(Math.min(used, limit), limit, reached.at(-1) ?? 0));
        }
        expect(reached).toEqual([50, 80, 100]);
      }),
    );
  });
});
