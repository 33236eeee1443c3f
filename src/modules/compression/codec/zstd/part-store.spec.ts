import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PartStore } from './part-store.js';

describe('PartList', () => {
  it('joins what was appended, of whatever sizes, and does not see later changes of small parts', () => {
    const sizes = fc.array(fc.oneof(fc.nat(40), fc.nat(70_000)), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const list = new PartStore();
        const parts = lengths.map((length, number) => Buffer.alloc(length, number + 1));
        for (const part of parts) {
          list.append(part);
        }
        const whole = Buffer.concat(parts);
        for (const part of parts.filter(({ length }) => length <= 40)) {
          part.fill(0);
        }
        expect(list.length).toBe(whole.length);
        expect(list.join().equals(whole)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
