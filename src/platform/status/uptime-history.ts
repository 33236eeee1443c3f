import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { Database } from '../database/index.js';
import { type DayUptime, HISTORY_MS, MINUTE_MS, percentOf, uptimeByDay, wholeMinutes } from './uptime.js';

/** How long the history is good for: it changes once a minute. */
const FRESH_MS = 30_000;

/** Days with their good minutes; the minute that is still running does not count yet. */
const READ_DAYS = {
  name: 'read-uptime-days',
  text: `select extract(epoch from date_trunc('day', minute, 'UTC')) * 1000 as day,
                min(extract(epoch from minute)) * 1000 as first,
                count(*) as samples,
                count(*) filter (where failed = '{}') as good
           from health_samples where minute >= $1 and minute < $2
          group by 1 order by 1`,
};
const READ_FAILURES = {
  name: 'read-component-failures',
  text: `select component, count(*) as minutes
           from health_samples, unnest(failed) as component
          where minute >= $1 and minute < $2 group by component`,
};

/** How the service has done in the last 90 days. */
export interface History {
  /** The first minute that is known of, epoch milliseconds; null: none. */
  readonly since: number | null;
  /** Minutes in which everything worked. */
  readonly percent: number | null;
  readonly days: readonly DayUptime[];
  /** The share of minutes in which a component worked; one that never failed is what the samples as such show. */
  percentOfComponent(name: string): number | null;
}

type DayRow = Record<'day' | 'first' | 'samples' | 'good', string>;

/** Reads the samples of the last 90 days. */
@Injectable()
export class UptimeHistory {
  private latest: { readonly at: number; readonly history: Promise<History> } | null = null;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The history as it was at most half a minute ago; null while the database does not answer. */
  async read(): Promise<History | null> {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > FRESH_MS) this.latest = { at: now, history: this.load() };
    const { history } = this.latest;
    try {
      return await history;
    } catch {
      if (this.latest?.history === history) this.latest = null;
      return null;
    }
  }

  private async load(): Promise<History> {
    const now = this.clock.now();
    const bounds = [new Date(now - HISTORY_MS), new Date(now - (now % MINUTE_MS))];
    const [days, failures] = await Promise.all([
      this.database.query<DayRow>(READ_DAYS, bounds),
      this.database.query<{ component: string; minutes: string }>(READ_FAILURES, bounds),
    ]);
    return historyOf(
      days.rows.map((row) => ({
        day: Number(row.day),
        first: Number(row.first),
        samples: Number(row.samples),
        good: Number(row.good),
      })),
      new Map(failures.rows.map(({ component, minutes }) => [component, Number(minutes)])),
      now,
    );
  }
}

function historyOf(
  days: readonly { day: number; first: number; samples: number; good: number }[],
  failedMinutes: ReadonlyMap<string, number>,
  now: number,
): History {
  const since = days[0]?.first ?? null;
  const expected = since === null ? 0 : wholeMinutes(since, now);
  const samples = days.reduce((sum, day) => sum + day.samples, 0);
  const good = days.reduce((sum, day) => sum + day.good, 0);
  return {
    since,
    percent: percentOf(good, expected),
    days: uptimeByDay(days, since, now),
    percentOfComponent: (name) => percentOf(samples - (failedMinutes.get(name) ?? 0), expected),
  };
}
