/** The windows in which a quota is counted; they begin at full hours, days and months in UTC. */
export const QUOTA_PERIODS = ['hour', 'day', 'month'] as const;
export type QuotaPeriod = (typeof QUOTA_PERIODS)[number];

/** How many requests a credential may make in a window. */
export interface Quota {
  /** Credentials that draw from one quota (a key, its successor, the keys it mints) share the counter. */
  readonly counterId: string;
  readonly limit: number;
  readonly period: QuotaPeriod;
}

/** A window of a quota in epoch milliseconds; its end belongs to the next one. */
export interface QuotaWindow {
  readonly startMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The window of a period that a moment (epoch milliseconds) lies in. */
export function quotaWindow(period: QuotaPeriod, nowMs: number): QuotaWindow {
  if (period === 'month') {
    const now = new Date(nowMs);
    const startOf = (monthsAhead: number): number => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + monthsAhead);
    return { startMs: startOf(0), endMs: startOf(1) };
  }
  const lengthMs = period === 'hour' ? HOUR_MS : DAY_MS;
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}
