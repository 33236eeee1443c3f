/** A moment by both clocks: the monotonic one stops while the machine sleeps, the wall clock can be set. */
export interface Moment {
  /** `performance.now()`, milliseconds. */
  readonly monotonic: number;
  /** `Date.now()`, epoch milliseconds. */
  readonly wall: number;
}

/** The present moment. */
export function presentMoment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/**
 * How long the last heartbeat that came back vouches for the notifications: for a window from when it was *sent*, since
 * all that was announced before it has arrived before it, and nothing is known of what came after.
 */
export class HeartbeatLease {
  private sent: Moment | null = null;

  constructor(private readonly windowMs: number) {}

  /** A heartbeat came back; one that was overtaken by a later one proves nothing new. */
  renew(sent: Moment): void {
    if (!this.sent || sent.monotonic > this.sent.monotonic) this.sent = sent;
  }

  /** Ends at once: the connection is gone. */
  end(): void {
    this.sent = null;
  }

  /** Whether a heartbeat sent within the window came back; a doubt about the time is a no. */
  isValid(now: Moment): boolean {
    if (!this.sent) return false;
    const elapsed = now.monotonic - this.sent.monotonic;
    return elapsed >= 0 && elapsed < this.windowMs && Math.abs(now.wall - this.sent.wall) < this.windowMs;
  }
}
