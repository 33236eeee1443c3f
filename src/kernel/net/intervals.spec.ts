import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { contains, normalise, subtract } from './intervals.js';
import type { Interval } from './intervals.js';

/** Integers 0 to 23: small enough to count, and large enough for every way in which two intervals can meet. */
const UNIVERSE = Array.from({ length: 24 }, (_, index) => BigInt(index));
const interval = fc
  .tuple(fc.constantFrom(...UNIVERSE), fc.constantFrom(...UNIVERSE))
  .map(([a, b]): Interval => (a < b ? { first: a, last: b } : { first: b, last: a }));
const list = fc.array(interval, { maxLength: 6 });

function members(intervals: readonly Interval[]): bigint[] {
  return UNIVERSE.filter((value) => intervals.some(({ first, last }) => first <= value && value <= last));
}

function isNormal(intervals: readonly Interval[]): boolean {
  return intervals.every(({ first, last }, index) => {
    const next = intervals[index + 1];
    return first <= last && (next === undefined || next.first > last + 1n);
  });
}

describe('intervals', () => {
  it('normalise keeps the members, in the one normal form', () => {
    fc.assert(
      fc.property(list, (intervals) => {
        const normal = normalise(intervals);
        expect(members(normal)).toEqual(members(intervals));
        expect(isNormal(normal)).toBe(true);
        expect(normalise(intervals.toReversed())).toEqual(normal);
      }),
    );
  });

  it('normalise leaves its argument alone', () => {
    const intervals = Object.freeze([Object.freeze({ first: 5n, last: 6n }), Object.freeze({ first: 1n, last: 9n })]);
    expect(normalise(intervals)).toEqual([{ first: 1n, last: 9n }]);
  });

  it('subtract removes exactly the members of the holes, in normal form', () => {
    fc.assert(
      fc.property(list, list, (from, holes) => {
        const rest = subtract(normalise(from), normalise(holes));
        const removed = new Set(members(holes));
        expect(members(rest)).toEqual(members(from).filter((value) => !removed.has(value)));
        expect(isNormal(rest)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('contains agrees with a linear search', () => {
    fc.assert(
      fc.property(list, (intervals) => {
        const normal = normalise(intervals);
        expect(UNIVERSE.filter((value) => contains(normal, value))).toEqual(members(intervals));
      }),
    );
  });
});
