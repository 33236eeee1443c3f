import { currentContext } from '../context/index.js';
import { rateLimitExceeded } from './rate-limits.js';

/**
 * Refuses the current request if it is over its limit; for handlers of routes that are
 * `@LoginLimited({ refusedBy: 'handler' })`. @throws AppError REQ_008
 */
export function refuseOverLimit(): void {
  const rate = currentContext()?.rate;
  if (rate?.isExceeded) throw rateLimitExceeded(rate);
}
