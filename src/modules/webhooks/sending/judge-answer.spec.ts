import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../http/describe-failure.js';
import { judgeAnswer } from './judge-answer.js';

const NOW = 1_700_000_000_000;
const DELIVERY = { deliveryId: 'd', attempt: 3, failures: 2 };

function answer(httpStatus: number | null, retryAfter?: string): Answer {
  const outcome = httpStatus === null ? 'timed_out' : httpStatus >= 200 && httpStatus < 300 ? 'delivered' : 'rejected';
  return { outcome, httpStatus, retryAfter, responseExcerpt: null, error: null, latencyMs: 1 };
}

function after(given: Answer, delivery = DELIVERY) {
  const { status, failures, nextAttemptAtMs } = judgeAnswer(delivery, given, NOW, NOW, 0.5);
  return { status, failures, waitMs: nextAttemptAtMs === null ? null : nextAttemptAtMs - NOW };
}

describe('an answer', () => {
  it('of 2xx ends the delivery', () => {
    expect(after(answer(204))).toEqual({ status: 'delivered', failures: 2, waitMs: null });
  });

  it.each([500, 502, 404, 301, 100, null])('of %s brings the next attempt of the schedule', (status) => {
    expect(after(answer(status))).toEqual({ status: 'pending', failures: 3, waitMs: 30 * 60_000 });
  });

  it('of 410 ends the delivery, whatever is left of the schedule', () => {
    expect(after(answer(410))).toEqual({ status: 'failed', failures: 3, waitMs: null });
  });

  it('to the tenth attempt is the last', () => {
    expect(after(answer(500), { ...DELIVERY, failures: 8 }).status).toBe('pending');
    expect(after(answer(500), { ...DELIVERY, failures: 9 })).toEqual({ status: 'failed', failures: 10, waitMs: null });
  });

  it('may ask for a longer wait than the schedule has, not for a shorter one', () => {
    const first = { ...DELIVERY, failures: 0 };
    expect(after(answer(429, '120'), first).waitMs).toBe(120_000);
    expect(after(answer(503, '120'), first).waitMs).toBe(120_000);
    expect(after(answer(429, '1'), first).waitMs).toBe(5_000);
  });
});
