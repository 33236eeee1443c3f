import type { ServerResponse } from 'node:http';
import type { RateState } from '../context/index.js';

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
