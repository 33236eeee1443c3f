import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../platform/http/time.js';
import type { WebhookDeliveryView } from './delivery.dto.js';
import type { WebhookAttempt } from './webhook-attempt.entity.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';

/** Shows a delivery with its attempts, in the order in which they were made. */
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
    attempts: attempts.map(viewAttempt),
    next_attempt_at: printTimeOrNull(delivery.nextAttemptAt),
    created_at: printTime(delivery.createdAt),
    finished_at: printTimeOrNull(delivery.finishedAt),
  };
}

function viewAttempt(attempt: WebhookAttempt): z.infer<typeof WebhookDeliveryView>['attempts'][number] {
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
