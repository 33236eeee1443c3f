import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, integer, property } from 'fast-check';
import { HOURS_KEPT_MS, usageWindow } from './usage-window.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse('2026-06-15T12:34:56Z');

function iso(ms: number | undefined): string {
  return new Date(ms ?? NaN).toISOString();
}

describe('the window of a question about usage', () => {
  it('holds the whole of what was asked for, in three parts without a gap', () => {
    const moments = integer({ min: NOW - HOURS_KEPT_MS, max: NOW });
    assert(
      property(
        moments,
        integer({ min: 1, max: 40 * DAY_MS }),
        constantFrom('hour', 'day', undefined),
        (fromMs, length, interval) => {
          const toMs = fromMs + length;
          const window = usageWindow({ fromMs, toMs, interval }, NOW);
          if (!window) throw new Error('the hours are kept');
          expect(window.fromMs).toBeLessThanOrEqual(fromMs);
          expect(window.toMs).toBeGreaterThanOrEqual(toMs);
          expect(window.fromMs).toBeLessThanOrEqual(window.daysFromMs);
          expect(window.daysFromMs).toBeLessThanOrEqual(window.daysToMs);
          expect(window.daysToMs).toBeLessThanOrEqual(window.toMs);
          if (window.daysFromMs < window.daysToMs) {
            expect([window.daysFromMs % DAY_MS, window.daysToMs % DAY_MS]).toEqual([0, 0]);
          }
        },
      ),
    );
  });

  it('is the last thirty days when nothing is asked, the current hour included', () => {
    const window = usageWindow({}, NOW);
    expect(iso(window?.fromMs)).toBe('2026-05-16T12:00:00.000Z');
    expect(iso(window?.daysFromMs)).toBe('2026-05-17T00:00:00.000Z');
    expect(iso(window?.daysToMs)).toBe('2026-06-15T00:00:00.000Z');
    expect(iso(window?.toMs)).toBe('2026-06-15T13:00:00.000Z');
  });

  it('does not read days where hours are asked for', () => {
    const window = usageWindow({ interval: 'hour' }, NOW);
    expect(window?.daysFromMs).toBe(window?.daysToMs);
  });

  it('goes by days where hours are no longer kept, and refuses to make hours of them', () => {
    const fromMs = NOW - HOURS_KEPT_MS - DAY_MS;
    const window = usageWindow({ fromMs }, NOW);
    expect((window?.fromMs ?? 1) % DAY_MS).toBe(0);
    expect(window?.daysFromMs).toBe(window?.fromMs);
    expect(usageWindow({ fromMs, interval: 'hour' }, NOW)).toBeNull();
  });
});
