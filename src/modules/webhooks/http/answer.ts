import type { AttemptOutcome } from '../deliveries/webhook-attempt.entity.js';

/** What came of one request to an endpoint. */
export interface Answer {
  readonly outcome: AttemptOutcome;
  /** Null: there was no answer. */
  readonly httpStatus: number | null;
  readonly retryAfter: string | undefined;
  /** The beginning of the answer's body as text; null: none was read. */
  readonly responseExcerpt: string | null;
  /** A sentence for the owner; null when there was an answer. */
  readonly error: string | null;
  readonly latencyMs: number;
}
