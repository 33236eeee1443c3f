import { describe, expect, it } from '@jest/globals';
import { assert, asyncProperty, constantFrom, integer, scheduler, type Scheduler } from 'fast-check';
import { pino } from 'pino';
import type { Quota } from '../../kernel/access/quota.js';
import { QuotaLeases } from './quota-leases.js';
import { type Lease, QuotaStore } from './quota-store.js';
import { QuotaThresholds } from './quota-thresholds.js';

const QUOTA: Quota = { counterId: 'c', limit: 10, period: 'day' };
const USER = { userId: 'u', credentialId: 'c' };
const NOON = Date.parse('2026-06-01T12:00:00Z');

/** The counter of a quota as the database keeps it: each call is atomic, and answers when the scheduler says so. */
class CounterInMemory extends QuotaStore {
  spent = 0;
  calls = 0;
  isDown = false;

  constructor(private readonly order: Scheduler | null = null) {
    super(null as never);
  }

  override async lease({ counterId, period, limit }: Quota, startMs: number, size: number): Promise<Lease> {
    this.calls += 1;
    if (this.isDown) throw new Error('down');
    await this.order?.schedule(Promise.resolve('lease'));
    const left = limit - this.spent;
    const granted = left <= 0 ? 0 : Math.min(size, Math.max(1, Math.floor(left / 16)));
    this.spent += granted;
    const lease = { counterId, period, startMs, used: this.spent, granted, told: 0 };
    await this.order?.schedule(Promise.resolve('leased'));
    return lease;
  }

  override async used(): Promise<number> {
    return this.spent;
  }

  override async giveBack(leases: readonly { left: number }[]): Promise<void> {
    for (const { left } of leases) this.spent -= left;
  }
}

/** Counts how often it is asked to tell, and cannot when it is down. */
class TellCounter extends QuotaThresholds {
  calls = 0;
  isDown = false;

  constructor() {
    super(null as never, null as never);
  }

  override async tell(): Promise<void> {
    this.calls += 1;
    if (this.isDown) throw new Error('down');
  }
}

function leasesOf(store: QuotaStore, clock = { now: () => NOON }, thresholds = new TellCounter()): QuotaLeases {
  return new QuotaLeases(store, thresholds, clock, pino({ level: 'silent' }));
}

describe('QuotaLeases', () => {
  it('lets no interleaving of several processes exceed the limit, and spends all of it', async () => {
    const limits = integer({ min: 1, max: 60 });
    await assert(
      asyncProperty(
        scheduler(),
        limits,
        constantFrom(1, 2, 3),
        integer({ min: 1, max: 90 }),
        async (order, limit, processes, extra) => {
          const store = new CounterInMemory(order);
          const quota = { ...QUOTA, limit };
          const fleet = Array.from({ length: processes }, () => leasesOf(store));
          const calls = Array.from({ length: (limit + extra) * processes }, (_, index) =>
            Promise.resolve(fleet[index % processes]?.charge(quota, USER)),
          );
          await order.waitIdle();
          const granted = (await Promise.all(calls)).filter(Boolean).length;
          expect(granted).toBe(limit);
          expect(store.spent).toBe(limit);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('answers without a promise while a lease lasts, and asks the counter ever more rarely', async () => {
    const store = new CounterInMemory();
    const leases = leasesOf(store);
    const quota = { ...QUOTA, limit: 1_000_000 };
    let waits = 0;
    for (let call = 0; call < 10_000; call++) {
      const charged = leases.charge(quota, USER);
      if (typeof charged !== 'boolean') waits += 1;
      expect(await charged).toBe(true);
    }
    expect(store.calls).toBe(waits);
    expect(waits).toBeLessThan(60);
  });

  it('remembers a refusal for a second, so that a flood of refused calls does not reach the database', async () => {
    let now = NOON;
    const store = new CounterInMemory();
    const leases = leasesOf(store, { now: () => now });
    const quota = { ...QUOTA, limit: 1 };
    expect(await leases.charge(quota, USER)).toBe(true);
    expect(await leases.charge(quota, USER)).toBe(false);
    const { calls } = store;
    for (let call = 0; call < 100; call++) expect(leases.charge(quota, USER)).toBe(false);
    expect(store.calls).toBe(calls);
    // what another process gives back can be spent afterwards
    store.spent = 0;
    now += 1_000;
    expect(await leases.charge(quota, USER)).toBe(true);
  });

  it('does not carry a lease into the next window, nor over a changed limit', async () => {
    let now = NOON;
    const store = new CounterInMemory();
    const leases = leasesOf(store, { now: () => now });
    for (let call = 0; call < 40; call++) await leases.charge({ ...QUOTA, limit: 1_000 }, USER);
    const { spent } = store;
    expect(spent).toBeGreaterThan(40);
    expect(await leases.charge({ ...QUOTA, limit: 40 }, USER)).toBe(false);
    expect(store.spent).toBe(40);
    now = Date.parse('2026-06-02T00:00:00Z');
    expect(leases.remainingKnown({ ...QUOTA, limit: 40 })).toBeNull();
  });

  it('tells what is left: what it holds itself counts as left', async () => {
    const store = new CounterInMemory();
    const [here, there] = [leasesOf(store), leasesOf(store)];
    const quota = { ...QUOTA, limit: 10_000 };
    for (let call = 0; call < 50; call++) await here.charge(quota, USER);
    expect(await here.remaining(quota)).toBe(9_950);
    expect(here.remainingKnown(quota)).toBe(9_950);
    expect(await there.remaining(quota)).toBe(10_000 - store.spent);
  });

  it('fails the calls that wait for a counter that fails, and tries again for the next ones', async () => {
    const store = new CounterInMemory();
    const leases = leasesOf(store);
    store.isDown = true;
    const calls = [leases.charge(QUOTA, USER), leases.charge(QUOTA, USER)].map((charged) => Promise.resolve(charged));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    store.isDown = false;
    expect(await leases.charge(QUOTA, USER)).toBe(true);
  });

  it('has the owner told when a lease reaches a threshold, and not before', async () => {
    const thresholds = new TellCounter();
    const leases = leasesOf(new CounterInMemory(), undefined, thresholds);
    for (let call = 0; call < 4; call++) await leases.charge(QUOTA, USER);
    expect(thresholds.calls).toBe(0);
    await leases.charge(QUOTA, USER);
    expect(thresholds.calls).toBe(1);
  });

  it('charges although the owner cannot be told', async () => {
    const thresholds = new TellCounter();
    thresholds.isDown = true;
    const leases = leasesOf(new CounterInMemory(), undefined, thresholds);
    expect(await leases.charge({ ...QUOTA, limit: 1 }, USER)).toBe(true);
    expect(thresholds.calls).toBe(1);
  });
});
