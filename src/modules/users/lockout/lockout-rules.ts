const MINUTE_MS = 60_000;

/** The stretch of time in which failures add up. */
export const FAILURE_WINDOW_MS = 15 * MINUTE_MS;
/** The first lock; each further one in a row is twice as long. */
export const FIRST_LOCK_MS = 15 * MINUTE_MS;
/** The longest lock; a day without one and the next is the first again. */
export const LONGEST_LOCK_MS = 24 * 60 * MINUTE_MS;

/** Failures after which one place (network or device) is locked out of one account. */
export const FAILURES_PER_PLACE_MAX = 10;
/** Failures from all unknown places together after which unknown places are locked out of one account. */
export const FAILURES_PER_ACCOUNT_MAX = 100;
