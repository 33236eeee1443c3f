import { describe, expect, it } from '@jest/globals';
import { isWithinClockWindow } from './is-within-clock-window.js';

const NOW_SECONDS = 1_704_715_200;

describe('the clock window', () => {
  it.each([0, 1, 500, 999])('is exact to the second at %d ms past it', (milliseconds) => {
    const nowMs = NOW_SECONDS * 1000 + milliseconds;
    for (const offset of [-300, -1, 0, 1, 300]) expect(isWithinClockWindow(NOW_SECONDS + offset, nowMs)).toBe(true);
    for (const offset of [-301, 301, -86_400]) expect(isWithinClockWindow(NOW_SECONDS + offset, nowMs)).toBe(false);
  });

  it('takes another tolerance', () => {
    expect(isWithinClockWindow(NOW_SECONDS - 6, NOW_SECONDS * 1000, 5)).toBe(false);
    expect(isWithinClockWindow(NOW_SECONDS - 5, NOW_SECONDS * 1000, 5)).toBe(true);
  });

  it('holds no time that is not a number', () => {
    expect(isWithinClockWindow(Number.NaN, NOW_SECONDS * 1000)).toBe(false);
  });
});
