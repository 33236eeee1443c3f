import { z } from 'zod';
import { printTime, TimeView } from '../http/index.js';
import type { ComponentHealth } from './health-watch.js';
import type { History } from './uptime-history.js';

const Percent = z
  .number()
  .nullable()
  .meta({ description: 'Percent of the minutes; null while nothing is known.', examples: [99.98] });

/** The answer of `getStatus`. */
export const StatusView = z
  .object({
    status: z.enum(['operational', 'degraded', 'outage']),
    checked_at: TimeView,
    started_at: TimeView.meta({ description: 'When the process that answers began to serve.' }),
    uptime_seconds: z.int(),
    components: z.array(
      z.object({ name: z.string(), status: z.enum(['operational', 'outage']), uptime_percent: Percent }),
    ),
    incidents: z
      .array(z.object({ component: z.string(), since: TimeView }))
      .meta({ description: 'What does not work at the moment.' }),
    history: z
      .object({
        since: TimeView.nullable(),
        uptime_percent: Percent.meta({ description: 'Of the minutes in which everything worked.' }),
        days: z.array(z.object({ date: z.string().meta({ format: 'date' }), uptime_percent: Percent })),
      })
      .nullable()
      .meta({ description: 'The last 90 days; null while it cannot be read.' }),
  })
  .meta({ id: 'Status' });

/** The answer of `getStatus`. */
export type Status = z.infer<typeof StatusView>;

/** What is known when the status is asked for; times are epoch milliseconds. */
interface Known {
  readonly components: readonly ComponentHealth[];
  readonly history: History | null;
  readonly startedAt: number;
  readonly now: number;
}

/** Without it nothing else works, so that its failure is an outage of the whole. */
const VITAL = 'database';

/** Puts what is known into words. The API itself works, or there would be no answer. */
export function viewStatus({ components, history, startedAt, now }: Known): Status {
  const failing = components.filter(({ failingSince }) => failingSince !== null);
  return {
    status: overall(failing),
    checked_at: printTime(new Date(now)),
    started_at: printTime(new Date(startedAt)),
    uptime_seconds: Math.max(0, Math.floor((now - startedAt) / 1000)),
    components: [{ name: 'api', failingSince: null }, ...components].map(({ name, failingSince }) => ({
      name,
      status: failingSince === null ? 'operational' : 'outage',
      uptime_percent: history?.percentOfComponent(name) ?? null,
    })),
    incidents: failing.map(({ name, failingSince }) => ({
      component: name,
      since: printTime(new Date(failingSince ?? now)),
    })),
    history: history && {
      since: history.since === null ? null : printTime(new Date(history.since)),
      uptime_percent: history.percent,
      days: history.days.map(({ date, percent }) => ({ date, uptime_percent: percent })),
    },
  };
}

function overall(failing: readonly ComponentHealth[]): Status['status'] {
  if (failing.length === 0) return 'operational';
  return failing.some(({ name }) => name === VITAL) ? 'outage' : 'degraded';
}
