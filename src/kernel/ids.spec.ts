import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isUuid, newId } from './ids.js';

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Ahead of every other time of this file, so that ids made before do not hold the timestamp back. */
let future = 2_000_000_000_000;

function nextTime(): number {
  future += 1_000_000;
  return future;
}

function timestamp(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

describe('newId', () => {
  it('has the layout of RFC 9562 §5.7, with the time of RFC 9562 appendix A.6 in its first 48 bits', () => {
    const id = newId(0x017f22e279b0);
    expect(id).toMatch(V7);
    expect(id.slice(0, 13)).toBe('017f22e2-79b0');
  });

  it('pads a small time to 48 bits and carries the time it is given', () => {
    const now = nextTime();
    expect(timestamp(newId(now))).toBe(now);
  });

  it('ascends within one millisecond, also beyond what the counter holds', () => {
    const now = nextTime();
    const ids = Array.from({ length: 10_000 }, () => newId(now));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => V7.test(id))).toBe(true);
    expect(timestamp(ids[2047] ?? '')).toBe(now);
    expect(timestamp(ids[9_999] ?? '') - now).toBeLessThanOrEqual(4);
  });

  it('ascends whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 2 }), (steps) => {
        let now = nextTime();
        const ids = steps.map((step) => newId((now += step)));
        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 50 },
    );
  });

  it('does not repeat the random part', () => {
    const now = nextTime();
    const parts = new Set(Array.from({ length: 1_000 }, () => newId(now).slice(19)));
    expect(parts.size).toBe(1_000);
  });

  it.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, 2 ** 48])('refuses the time %p', (time) => {
    expect(() => newId(time)).toThrow(RangeError);
  });
});

describe('isUuid', () => {
  it.each([
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
    '0'.repeat(8) + '-0000'.repeat(3) + '-' + '0'.repeat(12),
  ])('accepts %s', (text) => {
    expect(isUuid(text)).toBe(true);
  });

  it.each([
    '',
    '017f22e279b07cc398c4dc0c0c07398f',
    '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}',
    'urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398g',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398\n',
    '017f22e27-9b0-7cc3-98c4-dc0c0c07398f',
    "017f22e2-79b0-7cc3-98c4-dc0c0c0739' ",
  ])('refuses %j', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});
