import { describe, expect, it } from '@jest/globals';
import { type EndpointHealth, healthAfter, isClosedTo } from './endpoint-health.policy.js';

const HEALTHY: EndpointHealth = { consecutiveFailures: 0, failingSince: null, pausedUntil: null, disabled: null };
const FAILED = { isDelivered: false, isGone: false, requestedPauseMs: null };
const DELIVERED = { isDelivered: true, isGone: false, requestedPauseMs: null };
const DAY_MS = 86_400_000;

function afterFailures(count: number, stepMs = 1_000): EndpointHealth {
  let health = HEALTHY;
  for (let index = 0; index < count; index++) health = healthAfter(health, FAILED, 1_000_000 + index * stepMs);
  return health;
}

describe('the health of an endpoint', () => {
  it('bears four failures in a row without a pause', () => {
    expect(afterFailures(4)).toMatchObject({ consecutiveFailures: 4, pausedUntil: null, disabled: null });
  });

  it('pauses after five, longer each time, up to five minutes', () => {
    const pauses = [5, 6, 7, 8, 9, 10, 50].map((count) => {
      const health = afterFailures(count);
      return (health.pausedUntil ?? 0) - (1_000_000 + (count - 1) * 1_000);
    });
    expect(pauses).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('is restored by one success', () => {
    expect(healthAfter(afterFailures(20), DELIVERED, 2_000_000)).toEqual(HEALTHY);
  });

  it('pauses for as long as an answer asks, within an hour', () => {
    expect(healthAfter(HEALTHY, { ...FAILED, requestedPauseMs: 120_000 }, 0).pausedUntil).toBe(120_000);
    expect(healthAfter(HEALTHY, { ...FAILED, requestedPauseMs: DAY_MS }, 0).pausedUntil).toBe(3_600_000);
  });

  it('ends with 410 at once', () => {
    expect(healthAfter(HEALTHY, { ...FAILED, isGone: true }, 0).disabled).toBe('gone');
  });

  it('ends after five days of nothing but failures, and not a moment before', () => {
    const since = { ...HEALTHY, consecutiveFailures: 9, failingSince: 0 };
    expect(healthAfter(since, FAILED, 5 * DAY_MS - 1).disabled).toBeNull();
    expect(healthAfter(since, FAILED, 5 * DAY_MS).disabled).toBe('failing');
    expect(healthAfter(since, DELIVERED, 5 * DAY_MS).disabled).toBeNull();
  });

  it('lets nothing be sent while it is paused or disabled', () => {
    expect(isClosedTo(HEALTHY, 0)).toBe(false);
    expect(isClosedTo({ ...HEALTHY, pausedUntil: 10 }, 9)).toBe(true);
    expect(isClosedTo({ ...HEALTHY, pausedUntil: 10 }, 10)).toBe(false);
    expect(isClosedTo({ ...HEALTHY, disabled: 'gone' }, 0)).toBe(true);
  });
});
