import { describe, expect, it } from '@jest/globals';
import { HeartbeatLease, type Moment } from './heartbeat-lease.js';

const at = (ms: number, wallOffsetMs = 0): Moment => ({ monotonic: ms, wall: 1_700_000_000_000 + ms + wallOffsetMs });

describe('HeartbeatLease', () => {
  it('is not valid before the first heartbeat', () => {
    expect(new HeartbeatLease(2_000).isValid(at(0))).toBe(false);
  });

  it('lasts for the window from when the heartbeat was sent, not from when it came back', () => {
    const lease = new HeartbeatLease(2_000);
    lease.renew(at(1_000));
    expect(lease.isValid(at(2_999))).toBe(true);
    expect(lease.isValid(at(3_000))).toBe(false);
  });

  it('takes no age from a heartbeat that comes back late', () => {
    const lease = new HeartbeatLease(2_000);
    lease.renew(at(5_000));
    lease.renew(at(1_000));
    expect(lease.isValid(at(6_000))).toBe(true);
    const late = new HeartbeatLease(2_000);
    late.renew(at(1_000));
    expect(late.isValid(at(4_000))).toBe(false);
  });

  it('ends with the connection', () => {
    const lease = new HeartbeatLease(2_000);
    lease.renew(at(1_000));
    lease.end();
    expect(lease.isValid(at(1_001))).toBe(false);
  });

  it('is not valid after the machine has slept, nor after its wall clock was set', () => {
    const lease = new HeartbeatLease(2_000);
    lease.renew(at(1_000));
    expect(lease.isValid(at(1_100, 3_600_000))).toBe(false);
    expect(lease.isValid(at(1_100, -3_600_000))).toBe(false);
    expect(lease.isValid(at(1_100, 500))).toBe(true);
  });

  it('is not valid for a heartbeat from the future', () => {
    const lease = new HeartbeatLease(2_000);
    lease.renew(at(9_000));
    expect(lease.isValid(at(8_999))).toBe(false);
  });
});
