import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../../platform/http/index.js';
import type { WebhookDeliveryView } from './delivery.dto.js';
import type { WebhookAttempt } from './webhook-attempt.entity.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';

type AttemptView = z.infer<typeof WebhookDeliveryView>['attempts'][number];

/** Shows a delivery with its attempts, in the order in which they were made; the rows are of those that are over. */
export function viewDelivery(
  delivery: WebhookDelivery,
  attempts: readonly WebhookAttempt[],
): z.infer<typeof WebhookDeliveryView> {
  return {
    id: delivery.id,
    event_id: delivery.event.id,
    event_type: delivery.eventType,
    sequence: delivery.sequence,
    status: delivery.status,
    attempts: [...attempts.map(viewAttempt), ...attemptUnderWay(delivery, attempts)],
    next_attempt_at: printTimeOrNull(delivery.nextAttemptAt),
    created_at: printTime(delivery.createdAt),
    finished_at: printTimeOrNull(delivery.finishedAt),
  };
}

function attemptUnderWay(delivery: WebhookDelivery, rows: readonly WebhookAttempt[]): AttemptView[] {
  const since = delivery.attemptUnderWaySince(rows.at(-1)?.number ?? 0);
  if (!since) return [];
  const { attempts: number } = delivery;
  const started_at = printTime(since);
  return [{ number, started_at, outcome: null, status: null, latency_ms: null, error: null, response_excerpt: null }];
}

function viewAttempt(attempt: WebhookAttempt): AttemptView {
  return {
    number: attempt.number,
    started_at: printTime(attempt.startedAt),
    outcome: attempt.outcome ?? null,
    status: attempt.httpStatus ?? null,
    latency_ms: attempt.latencyMs ?? null,
    error: attempt.error ?? null,
    response_excerpt: attempt.responseExcerpt ?? null,
  };
}
