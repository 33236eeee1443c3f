const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The waits between ten attempts, in milliseconds: 75 hours and 35 minutes together. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** How far a wait is varied either way, so that what failed together does not come again together. */
const JITTER = 0.1;

/** Longest wait that a receiver can ask for, in milliseconds. */
const RETRY_AFTER_MAX_MS = 24 * HOUR;

/**
 * The wait after a number of failures (1 is the first), in milliseconds; null when that was the last attempt. `random`
 * lies in [0, 1).
 */
export function retryDelay(failures: number, random: number): number | null {
  const delay = RETRY_DELAYS_MS[failures - 1];
  return delay === undefined ? null : Math.round(delay * (1 + JITTER * (2 * random - 1)));
}

/**
 * The wait that a `Retry-After` asks for (RFC 9110 §10.2.3: seconds, or an HTTP date), in milliseconds, at most a day;
 * null if it says nothing usable.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const delay = /^\d{1,9}$/.test(value) ? Number(value) * SECOND : Date.parse(value) - nowMs;
  return Number.isNaN(delay) || delay <= 0 ? null : Math.min(delay, RETRY_AFTER_MAX_MS);
}
