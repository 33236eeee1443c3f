import { describe, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compareCodePoints } from './compare-code-points.js';

const units = fc
  .array(fc.constantFrom(0x41, 0xd7ff, 0xd800, 0xd801, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff), { maxLength: 5 })
  .map((codes) => String.fromCharCode(...codes));
const codePoints = (text: string): readonly number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

/** The definition: lists of code points, compared element by element. */
function reference(a: string, b: string): number {
  const [left, right] = [codePoints(a), codePoints(b)];
  const index = left.findIndex((codePoint, at) => codePoint !== right[at]);
  if (index === -1) return left.length - right.length;
  return (left[index] ?? 0) - (right[index] ?? -1);
}

describe('the order of names', () => {
  it('is that of code points, pairs and lone surrogates included', () => {
    fc.assert(
      fc.property(units, units, (a, b) => Math.sign(compareCodePoints(a, b)) === Math.sign(reference(a, b))),
      { numRuns: 5000 },
    );
  });

  it('is zero for equal names only', () => {
    fc.assert(fc.property(units, units, (a, b) => (compareCodePoints(a, b) === 0) === (a === b)));
  });
});
