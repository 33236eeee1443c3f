import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compareCodePoints } from './compare-code-points.js';
import { sortNames } from './sort-names.js';

const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\uE000', '\u{1F600}'), maxLength: 4 }), {
  maxLength: 40,
});

describe('the sorted names', () => {
  it('are every index once, few names or many', () => {
    fc.assert(
      fc.property(names, (list) => {
        expect(sortNames(list).toSorted((a, b) => a - b)).toEqual([...list.keys()]);
      }),
    );
  });

  it('ascend, equal ones in the order received', () => {
    fc.assert(
      fc.property(names, (list) => {
        const order = sortNames(list);
        for (const [rank, index] of order.entries()) {
          const before = order[rank - 1];
          if (before === undefined) continue;
          const comparison = compareCodePoints(list[before] ?? '', list[index] ?? '');
          expect(comparison < 0 || (comparison === 0 && before < index)).toBe(true);
        }
      }),
    );
  });
});
