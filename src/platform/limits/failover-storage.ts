import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Log } from '../log/index.js';
import type { WindowRecord } from './window-record.js';

/** How long the shared storage is left alone after a failure, so that requests do not queue up waiting for it. */
const PAUSE_MS = 1_000;

/**
 * Shared windows, and this process's own while the shared storage does not answer: neither open, which would let an
 * attacker in by silencing it, nor closed, which would make it a second way for the API to be down. Logged once when
 * it goes and once when it is back.
 */
export class FailoverStorage implements ThrottlerStorage {
  private pausedUntil = 0;
  private isAway = false;

  constructor(
    private readonly shared: Pick<ThrottlerStorage, 'increment'>,
    private readonly local: Pick<ThrottlerStorage, 'increment'>,
    private readonly log: Log,
  ) {}

  /** Counts one request; never fails because of the shared storage. */
  async increment(...request: Parameters<ThrottlerStorage['increment']>): Promise<WindowRecord> {
    if (performance.now() < this.pausedUntil) return this.local.increment(...request);
    try {
      const record = await this.shared.increment(...request);
      if (this.isAway) this.noteReturn();
      return record;
    } catch (error) {
      this.noteFailure(error);
      return this.local.increment(...request);
    }
  }

  private noteFailure(error: unknown): void {
    this.pausedUntil = performance.now() + PAUSE_MS;
    if (this.isAway) return;
    this.isAway = true;
    this.log.warn({ err: error }, 'Redis does not answer: rate limits are counted by this process alone');
  }

  private noteReturn(): void {
    this.isAway = false;
    this.log.info('Redis answers again: rate limits are shared');
  }
}
