import type { DeliveryStatus } from '../deliveries/webhook-delivery.entity.js';
import type { Answer } from '../http/describe-failure.js';
import { parseRetryAfter, retryDelay } from './retry-schedule.js';

/** What is to be written about one attempt. */
export interface Receipt {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly startedAtMs: number;
  readonly answer: Answer;
  readonly status: DeliveryStatus;
  readonly failures: number;
  /** Epoch milliseconds; null: there is no further attempt. */
  readonly nextAttemptAtMs: number | null;
}

interface Attempted {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly failures: number;
}

/**
 * What an answer means for its delivery: the end, or another attempt after the wait of the schedule, or after the longer
 * one that the answer asks for. `random` lies in [0, 1).
 */
export function judgeAnswer(
  delivery: Attempted,
  answer: Answer,
  startedAtMs: number,
  nowMs: number,
  random: number,
): Receipt {
  const { deliveryId, attempt } = delivery;
  const base = { deliveryId, attempt, startedAtMs, answer };
  if (answer.outcome === 'delivered')
    return { ...base, status: 'delivered', failures: delivery.failures, nextAttemptAtMs: null };
  const failures = delivery.failures + 1;
  const planned = retryDelay(failures, random);
  if (planned === null || answer.httpStatus === 410)
    return { ...base, status: 'failed', failures, nextAttemptAtMs: null };
  const wait = Math.max(planned, parseRetryAfter(answer.retryAfter, nowMs) ?? 0);
  return { ...base, status: 'pending', failures, nextAttemptAtMs: nowMs + wait };
}
