/** The source of the current time; everything that depends on time takes one. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** The clock of the operating system. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }
}

/** A clock that runs at the pace of the system clock, at an offset that a test chooses (whole milliseconds). */
export class AdjustableClock implements Clock {
  #offsetMs = 0;

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Moves the clock by `ms` milliseconds; a negative number moves it back. */
  advance(ms: number): void {
    this.#offsetMs += Math.trunc(ms);
  }

  /** Sets the clock to `epochMs`; it continues to run from there. */
  set(epochMs: number): void {
    this.#offsetMs = Math.trunc(epochMs) - Date.now();
  }

  /** Returns to the time of the system clock. */
  reset(): void {
    this.#offsetMs = 0;
  }
}
