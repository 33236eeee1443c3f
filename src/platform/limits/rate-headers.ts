import type { ServerResponse } from 'node:http';
import type { RatePolicy } from './rate-policy.js';

/** Where a caller stands in the current window. */
export interface RateState {
  readonly policy: RatePolicy;
  /** Requests of the window so far, this one included. */
  readonly hits: number;
  /** Requests left in the window. */
  readonly remaining: number;
  /** Whole seconds until the window ends, at least 1. */
  readonly secondsLeft: number;
  /** End of the window, epoch seconds. */
  readonly resetsAtSeconds: number;
  /** Whether this request is one too many. */
  readonly isExceeded: boolean;
}

/**
 * Tells a client where it stands, twice: in the headers that most clients know (`X-RateLimit-Reset` in epoch seconds),
 * and in those of draft-ietf-httpapi-ratelimit-headers-10 (`t` in seconds from now).
 */
export function setRateHeaders(response: ServerResponse, state: RateState): void {
  const { policy, remaining, secondsLeft, resetsAtSeconds } = state;
  response.setHeader('X-RateLimit-Limit', policy.limit);
  response.setHeader('X-RateLimit-Remaining', remaining);
  response.setHeader('X-RateLimit-Reset', resetsAtSeconds);
  response.setHeader('RateLimit-Policy', policy.announcement);
  response.setHeader('RateLimit', `"${policy.name}";r=${remaining};t=${secondsLeft}`);
}
