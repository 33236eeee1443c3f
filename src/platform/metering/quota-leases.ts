import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Quota, quotaWindow } from '../../kernel/access/quota.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { LOG, type Log } from '../log/index.js';
import { type Lease, QuotaStore } from './quota-store.js';
import { type QuotaUser, QuotaThresholds, thresholdsReached } from './quota-thresholds.js';
import { repeatEvery } from './repeat-every.js';

/** The most units one lease holds. */
const LEASE_SIZE_MAX = 256;
/** How long a refusal is remembered, and how long a lease should last, in milliseconds. */
const MEMORY_MS = 1_000;

/** What this process holds of a counter. */
interface Held extends Lease {
  readonly limit: number;
  readonly period: Quota['period'];
  readonly endMs: number;
  readonly takenMs: number;
  left: number;
  isIdle: boolean;
}

/**
 * Charges quotas exactly, without a database round trip for most requests: each process leases a block of units from
 * the shared counter and spends it in memory. Blocks grow with the traffic and shrink to single units near the limit;
 * idle ones are returned. All leases together never exceed the limit; a process that is killed loses its block.
 */
@Injectable()
export class QuotaLeases implements OnModuleInit, OnApplicationShutdown {
  private readonly held = new Map<string, Held>();
  private readonly renewals = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, number>();
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly store: QuotaStore,
    private readonly thresholds: QuotaThresholds,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.stopTimer = repeatEvery(
      MEMORY_MS,
      () => this.returnIdle(),
      (error) => this.log.warn({ err: error }, 'idle quota leases were not returned'),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopTimer?.();
    await this.store.giveBack([...this.held.values()].map((lease) => this.surrender(lease)));
  }

  /** Takes one unit: whether there was one; synchronous while a lease lasts. @throws AppError SRV_002 (as a rejection) */
  charge(quota: Quota, user: QuotaUser): boolean | Promise<boolean> {
    return this.take(quota) ?? this.takeAfterRenewal(quota, user);
  }

  /** Units left in the current window; units that other processes have leased count as spent. */
  async remaining(quota: Quota): Promise<number> {
    const { startMs } = quotaWindow(quota.period, this.clock.now());
    const used = await this.store.used(quota, startMs);
    return Math.max(0, quota.limit - used + (this.current(quota)?.left ?? 0));
  }

  /** The same as this process last saw it, without asking; null if it has not seen the counter in this window. */
  remainingKnown(quota: Quota): number | null {
    const lease = this.current(quota);
    return lease ? Math.max(0, quota.limit - lease.used + lease.left) : null;
  }

  /** Seconds until the current window ends, rounded up. */
  retryAfterSeconds(quota: Quota): number {
    const now = this.clock.now();
    return Math.ceil((quotaWindow(quota.period, now).endMs - now) / 1000);
  }

  private current(quota: Quota): Held | null {
    const lease = this.held.get(quota.counterId);
    if (!lease || lease.limit !== quota.limit || lease.period !== quota.period) return null;
    return this.clock.now() < lease.endMs ? lease : null;
  }

  /** Whether a unit was there, if that is known without asking the database; null if it is not. */
  private take(quota: Quota): boolean | null {
    const lease = this.current(quota);
    if (!lease) return null;
    if (lease.left > 0) {
      lease.left -= 1;
      lease.isIdle = false;
      return true;
    }
    return lease.granted === 0 && this.clock.now() < lease.takenMs + MEMORY_MS ? false : null;
  }

  private async takeAfterRenewal(quota: Quota, user: QuotaUser): Promise<boolean> {
    const id = quota.counterId;
    this.waiting.set(id, (this.waiting.get(id) ?? 0) + 1);
    try {
      for (;;) {
        await this.renew(quota, user);
        const taken = this.take(quota);
        if (taken !== null) return taken;
      }
    } finally {
      const others = (this.waiting.get(id) ?? 1) - 1;
      if (others > 0) this.waiting.set(id, others);
      else this.waiting.delete(id);
    }
  }

  /** One renewal of a counter at a time; whoever comes meanwhile waits for the same one. */
  private renew(quota: Quota, user: QuotaUser): Promise<void> {
    const running = this.renewals.get(quota.counterId);
    if (running) return running;
    const renewal = this.lease(quota, user).finally(() => this.renewals.delete(quota.counterId));
    this.renewals.set(quota.counterId, renewal);
    return renewal;
  }

  private async lease(quota: Quota, user: QuotaUser): Promise<void> {
    const now = this.clock.now();
    const { counterId, limit, period } = quota;
    const earlier = this.held.get(counterId);
    if (earlier && earlier.left > 0) await this.store.giveBack([this.surrender(earlier)]);
    const lease = await this.store.lease(quota, quotaWindow(period, now).startMs, this.wantedSize(quota, now));
    const { endMs } = quotaWindow(period, lease.startMs);
    this.held.set(counterId, { ...lease, limit, period, endMs, takenMs: now, left: lease.granted, isIdle: false });
    const isTold =
      lease.told === null ? isSpent(earlier, lease) : thresholdsReached(lease.used, limit, lease.told).length === 0;
    if (!isTold) await this.tell(quota, lease.startMs, user);
  }

  /** What cannot be told now is told with a later lease; the request that is charged does not fail for it. */
  private async tell(quota: Quota, startMs: number, user: QuotaUser): Promise<void> {
    try {
      await this.thresholds.tell(quota, startMs, user);
    } catch (error) {
      this.log.warn({ err: error }, 'the owner of a quota is told with a later request');
    }
  }

  /** One unit at first, for a credential that calls now and then; twice as many each time a lease lasts too short. */
  private wantedSize(quota: Quota, now: number): number {
    const lease = this.current(quota);
    const isTooSmall = lease !== null && now - lease.takenMs < MEMORY_MS;
    const size = lease === null ? 1 : lease.granted * (isTooSmall ? 2 : 1);
    return Math.min(LEASE_SIZE_MAX, Math.max(1, size, this.waiting.get(quota.counterId) ?? 0));
  }

  /** Returns what has not been touched since the last run, so that another process can spend it. */
  private async returnIdle(): Promise<void> {
    const now = this.clock.now();
    const returned: (Lease & { left: number })[] = [];
    for (const [counterId, lease] of this.held) {
      if (this.renewals.has(counterId)) continue;
      if (lease.isIdle || now >= lease.endMs) {
        this.held.delete(counterId);
        if (lease.left > 0) returned.push(this.surrender(lease));
      }
      lease.isIdle = true;
    }
    await this.store.giveBack(returned);
  }

  /** Empties a lease; its units are the caller's to give back, and nobody else can spend them any more. */
  private surrender(lease: Held): Lease & { left: number } {
    const { counterId, period, startMs, used, granted, told, left } = lease;
    lease.left = 0;
    return { counterId, period, startMs, used, granted, told, left };
  }
}

/** Whether this process has already seen that nothing is left in the lease's window. */
function isSpent(earlier: Held | undefined, lease: Lease): boolean {
  return earlier?.granted === 0 && earlier.startMs === lease.startMs;
}
