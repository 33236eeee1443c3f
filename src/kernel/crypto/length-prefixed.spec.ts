import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { lengthPrefixed } from './length-prefixed.js';

describe('lengthPrefixed', () => {
  it('writes each length as four bytes, big-endian, before the UTF-8 bytes', () => {
    expect(lengthPrefixed(['é', Buffer.from([0xff]), '']).toString('hex')).toBe('00000002c3a900000001ff00000000');
  });

  it('gives different bytes for different lists, wherever the boundaries are', () => {
    const part = fc.uint8Array({ maxLength: 5, max: 1 }).map((array) => Buffer.from(array));
    const list = fc.array(part, { maxLength: 4 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        const same = a.length === b.length && a.every((bytes, index) => b[index]?.equals(bytes));
        return lengthPrefixed(a).equals(lengthPrefixed(b)) === same;
      }),
    );
    expect(lengthPrefixed(['a', 'bc'])).not.toEqual(lengthPrefixed(['ab', 'c']));
    expect(lengthPrefixed(['a'])).not.toEqual(lengthPrefixed(['a', '']));
  });
});
