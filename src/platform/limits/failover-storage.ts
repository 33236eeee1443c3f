import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Log } from '../log/index.js';
import type { MemoryStorage } from './memory-storage.js';
import type { WindowRecord } from './window-record.js';

/** Longest time that a request waits for the shared storage, in milliseconds. */
const DEADLINE_MS = 50;
/** How long no request waits for the shared storage after a failure, in milliseconds. */
const PAUSE_MS = 1_000;

type CountedRequest = Parameters<ThrottlerStorage['increment']>;

/**
 * Shared windows, and this process's own while the shared storage does not answer in time: neither open, which would let
 * an attacker in by silencing it, nor closed, which would make it a second way for the API to be down. The own window
 * goes on from the last count that the shared storage has told, and every request is counted there as well, however
 * late it answers: a storage that is slow does not multiply the limit by the processes. Logged once when it goes and
 * once when it is back.
 */
export class FailoverStorage implements ThrottlerStorage {
  private pausedUntil = 0;
  private isAway = false;

  constructor(
    private readonly shared: Pick<ThrottlerStorage, 'increment'>,
    private readonly local: Pick<MemoryStorage, 'increment' | 'adopt'>,
    private readonly log: Log,
    private readonly deadlineMs: number = DEADLINE_MS,
  ) {}

  /** Counts one request; never fails because of the shared storage. */
  async increment(...request: CountedRequest): Promise<WindowRecord> {
    const counted = this.countShared(request);
    if (performance.now() < this.pausedUntil) {
      counted.catch(() => undefined);
      return this.local.increment(request[0], request[1], request[2]);
    }
    try {
      const record = await within(this.deadlineMs, counted);
      if (this.isAway) this.noteReturn();
      return record;
    } catch (error) {
      this.noteFailure(error);
      return this.local.increment(request[0], request[1], request[2]);
    }
  }

  private async countShared(request: CountedRequest): Promise<WindowRecord> {
    const record = await this.shared.increment(...request);
    this.local.adopt(request[0], record.totalHits, record.timeToExpire * 1_000);
    return record;
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

/**
 * Waits for an answer until the deadline. An answer that is already in the socket when a busy process gets round to its
 * timers still counts: the refusal comes one turn of the event loop later.
 */
async function within<T>(deadlineMs: number, answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    setImmediate(() => reject(new Error(`Redis took longer than ${deadlineMs} ms`)));
  }, deadlineMs);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
