import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { constantTimeEquals } from './constant-time-equals.js';

describe('constantTimeEquals', () => {
  it('agrees with equality of the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 3, max: 2 }).map((array) => Buffer.from(array));
    fc.assert(fc.property(bytes, bytes, (a, b) => constantTimeEquals(a, b) === a.equals(b)));
  });

  it('compares strings as UTF-8, also with buffers', () => {
    expect(constantTimeEquals('clé', Buffer.from('clé'))).toBe(true);
    expect(constantTimeEquals('clé', 'clè')).toBe(false);
  });

  it('is false, and does not throw, for different lengths', () => {
    expect(constantTimeEquals('', 'a')).toBe(false);
    expect(constantTimeEquals('abc', 'ab')).toBe(false);
    expect(constantTimeEquals('é', 'e')).toBe(false);
  });
});
