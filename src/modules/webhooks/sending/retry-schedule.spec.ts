import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseRetryAfter, RETRY_DELAYS_MS, retryDelay } from './retry-schedule.js';

const HOUR = 3_600_000;

describe('the retry schedule', () => {
  it('has ten attempts over about 75 hours', () => {
    expect(RETRY_DELAYS_MS).toHaveLength(9);
    const total = RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay, 0);
    expect(total / HOUR).toBeCloseTo(75.6, 1);
    expect(retryDelay(9, 0.5)).toBe(24 * HOUR);
    expect(retryDelay(10, 0.5)).toBeNull();
  });

  it('varies each wait by at most a tenth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const planned = RETRY_DELAYS_MS[failures - 1] ?? 0;
          const delay = retryDelay(failures, random) ?? 0;
          expect(Math.abs(delay - planned)).toBeLessThanOrEqual(planned * 0.1 + 1);
        },
      ),
    );
    expect(retryDelay(3, 0)).not.toBe(retryDelay(3, 0.9));
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');

  it.each([
    ['120', 120_000],
    ['Tue, 24 Nov 2026 12:01:00 GMT', 60_000],
    ['999999999', 24 * HOUR],
  ])('%s asks for a wait', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it.each([undefined, '', '0', '-5', '1.5', 'soon', '99999999999', 'Tue, 24 Nov 2026 11:00:00 GMT'])(
    '%s asks for nothing',
    (value) => {
      expect(parseRetryAfter(value, now)).toBeNull();
    },
  );
});
