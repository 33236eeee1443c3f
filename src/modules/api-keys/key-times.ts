const HOUR_MS = 3_600_000;

/** The moment (epoch milliseconds) cut to the whole second that it is printed as: a key ends when it is said to end. */
export function wholeSecond(epochMs: number): Date {
  return new Date(Math.floor(epochMs / 1000) * 1000);
}

/** The whole second that lies so many hours after a moment (epoch milliseconds). */
export function hoursLater(epochMs: number, hours: number): Date {
  return wholeSecond(epochMs + hours * HOUR_MS);
}

/** The earlier of an end that may be absent and another one. */
export function earlierOf(end: Date | null | undefined, other: Date): Date {
  return end && end < other ? end : other;
}
