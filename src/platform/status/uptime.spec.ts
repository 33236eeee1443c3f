import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DAY_MS, HISTORY_DAYS, MINUTE_MS, percentOf, uptimeByDay, wholeMinutes } from './uptime.js';

const NOON = Date.UTC(2030, 0, 31, 12);
const TODAY = Date.UTC(2030, 0, 31);

describe('the share of good minutes', () => {
  it('is rounded down: one minute missed in 90 days is not 100 %', () => {
    expect(percentOf(129_599, 129_600)).toBe(99.999);
    expect(percentOf(129_600, 129_600)).toBe(100);
  });

  it('of no time at all is unknown, neither good nor bad', () => {
    expect(percentOf(0, 0)).toBeNull();
  });

  it('lies between 0 and 100, and is 100 only for a whole', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.integer({ min: 1, max: 200_000 }), (part, whole) => {
        const percent = percentOf(part, whole) ?? -1;
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
        expect(percent === 100).toBe(part >= whole);
      }),
    );
  });
});

describe('the history', () => {
  it('has 90 days, the last one today, and nothing to say of the days before the first sample', () => {
    const days = uptimeByDay([{ day: TODAY, good: 720 }], TODAY, NOON);
    expect(days).toHaveLength(HISTORY_DAYS);
    expect(days.at(-1)).toEqual({ date: '2030-01-31', percent: 100 });
    expect(days[0]).toEqual({ date: '2029-11-03', percent: null });
    expect(days.filter(({ percent }) => percent !== null)).toHaveLength(1);
  });

  it('counts a day without any sample as a day of outage', () => {
    const days = uptimeByDay([{ day: TODAY, good: 720 }], TODAY - 2 * DAY_MS, NOON);
    expect(days.slice(-3).map(({ percent }) => percent)).toEqual([0, 0, 100]);
  });

  it('judges the first day from the first sample on, and today up to now', () => {
    const since = TODAY + 11 * 60 * MINUTE_MS;
    expect(uptimeByDay([{ day: TODAY, good: 30 }], since, NOON).at(-1)?.percent).toBe(50);
  });

  it('without samples knows nothing', () => {
    expect(uptimeByDay([], null, NOON).every(({ percent }) => percent === null)).toBe(true);
  });

  it('does not expect the minute that is still running', () => {
    expect(wholeMinutes(NOON, NOON + 59_999)).toBe(0);
    expect(wholeMinutes(NOON, NOON + 60_000)).toBe(1);
  });
});
