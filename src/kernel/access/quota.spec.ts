import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, integer, property } from 'fast-check';
import { QUOTA_PERIODS, quotaWindow } from './quota.js';

const at = (text: string): number => Date.parse(text);

describe('quotaWindow', () => {
  it.each([
    ['hour', '2028-02-29T23:59:59.999Z', '2028-02-29T23:00:00Z', '2028-03-01T00:00:00Z'],
    ['day', '2028-02-29T23:59:59.999Z', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['month', '2028-02-29T23:59:59.999Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['month', '2026-12-31T12:00:00Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['day', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z'],
  ] as const)('of a %s at %s is %s to %s', (period, now, start, end) => {
    expect(quotaWindow(period, at(now))).toEqual({ startMs: at(start), endMs: at(end) });
  });

  it('holds its moment, and the next one begins where it ends', () => {
    const moments = integer({ min: 0, max: at('2200-01-01T00:00:00Z') });
    assert(
      property(constantFrom(...QUOTA_PERIODS), moments, (period, nowMs) => {
        const { startMs, endMs } = quotaWindow(period, nowMs);
        expect(startMs).toBeLessThanOrEqual(nowMs);
        expect(endMs).toBeGreaterThan(nowMs);
        expect(quotaWindow(period, startMs).startMs).toBe(startMs);
        expect(quotaWindow(period, endMs).startMs).toBe(endMs);
      }),
    );
  });
});
