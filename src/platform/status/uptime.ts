export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** How far the history reaches back. */
export const HISTORY_DAYS = 90;
export const HISTORY_MS = HISTORY_DAYS * DAY_MS;

/** What the samples of one day (UTC) come to. */
export interface DaySamples {
  /** Start of the day, epoch milliseconds. */
  readonly day: number;
  /** Minutes in which all components worked. */
  readonly good: number;
}

/** One day of the history. */
export interface DayUptime {
  /** `2024-01-08`. */
  readonly date: string;
  /** Null: the service did not exist on that day yet. */
  readonly percent: number | null;
}

/** How many whole minutes of a stretch of time have passed. */
export function wholeMinutes(fromMs: number, toMs: number): number {
  return Math.max(0, Math.floor(toMs / MINUTE_MS) - Math.floor(fromMs / MINUTE_MS));
}

/** A share in percent, with three decimals and rounded down: 100 is said of nothing that was ever away; null of nothing. */
export function percentOf(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.floor((Math.min(part, whole) / whole) * 100_000) / 1000;
}

/** The last 90 days up to now, the oldest first. `since` is the first minute there is a sample of. */
export function uptimeByDay(samples: readonly DaySamples[], since: number | null, now: number): DayUptime[] {
  const good = new Map(samples.map((sample) => [sample.day, sample.good]));
  const today = now - (now % DAY_MS);
  return Array.from({ length: HISTORY_DAYS }, (_, index) => {
    const day = today - (HISTORY_DAYS - 1 - index) * DAY_MS;
    const from = Math.max(day, since ?? Number.POSITIVE_INFINITY);
    const expected = since === null ? 0 : wholeMinutes(from, Math.min(day + DAY_MS, now));
    return { date: new Date(day).toISOString().slice(0, 10), percent: percentOf(good.get(day) ?? 0, expected) };
  });
}
