import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { AdjustableClock, SystemClock } from './clock.js';

describe('clocks', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('SystemClock tells the time of the system', () => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    expect(new SystemClock().now()).toBe(1_700_000_000_000);
  });

  it('AdjustableClock starts at the system time, adds up its moves and runs on from each', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const clock = new AdjustableClock();
    expect(clock.now()).toBe(1_000_000);
    clock.advance(500);
    clock.advance(-200);
    expect(clock.now()).toBe(1_000_300);
    jest.setSystemTime(1_000_010);
    expect(clock.now()).toBe(1_000_310);
  });

  it('set replaces earlier moves and does not freeze the clock; reset returns to the system time', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const clock = new AdjustableClock();
    clock.advance(99);
    clock.set(5_000_000);
    expect(clock.now()).toBe(5_000_000);
    jest.setSystemTime(1_000_007);
    expect(clock.now()).toBe(5_000_007);
    clock.reset();
    expect(clock.now()).toBe(1_000_007);
  });

  it('never tells fractions of a millisecond', () => {
    const clock = new AdjustableClock();
    clock.advance(0.5);
    expect(Number.isInteger(clock.now())).toBe(true);
    clock.set(123.75);
    expect(Number.isInteger(clock.now())).toBe(true);
  });
});
