const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long hours and days are kept, in milliseconds. */
export const HOURS_KEPT_MS = 90 * DAY_MS;
export const DAYS_KEPT_MS = 731 * DAY_MS;

/** The range of an answer when the question names none. */
const RANGE_DEFAULT_MS = 30 * DAY_MS;

/** A range that is counted, both ends at the beginning of an hour; the part from `daysFrom` to `daysTo` is whole days. */
export interface UsageWindow {
  readonly fromMs: number;
  readonly daysFromMs: number;
  readonly daysToMs: number;
  /** Not included. */
  readonly toMs: number;
}

/** What is asked for, in epoch milliseconds. */
export interface AskedRange {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly interval?: 'hour' | 'day' | undefined;
}

/**
 * Widens a range to whole hours, or to whole days where days are asked for or hours are no longer kept, and tells which
 * part of it can be read as days (UTC). Null: hours are asked for that are no longer kept.
 */
export function usageWindow({ fromMs, toMs, interval }: AskedRange, nowMs: number): UsageWindow | null {
  const lastMs = toMs ?? Math.max(nowMs, fromMs ?? 0) + 1;
  const firstMs = fromMs ?? lastMs - RANGE_DEFAULT_MS;
  const isOld = firstMs < nowMs - HOURS_KEPT_MS;
  if (interval === 'hour' && isOld) return null;
  const unitMs = interval === 'day' || isOld ? DAY_MS : HOUR_MS;
  const from = Math.floor(firstMs / unitMs) * unitMs;
  const to = Math.ceil(lastMs / unitMs) * unitMs;
  const daysFromMs = Math.ceil(from / DAY_MS) * DAY_MS;
  const daysToMs = Math.floor(to / DAY_MS) * DAY_MS;
  const hasDays = interval !== 'hour' && daysFromMs < daysToMs;
  return { fromMs: from, daysFromMs: hasDays ? daysFromMs : to, daysToMs: hasDays ? daysToMs : to, toMs: to };
}
