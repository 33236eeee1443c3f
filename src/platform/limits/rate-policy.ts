import type { Config } from '../config/index.js';
import type { RatePolicy, RatePolicyName } from '../context/index.js';

/** Length of every window, in milliseconds: the limits are per minute. */
export const WINDOW_MS = 60_000;

/** The configured policies by name. */
export function ratePolicies(limits: Config['rateLimits']): Readonly<Record<RatePolicyName, RatePolicy>> {
  return {
    anonymous: ratePolicy('anonymous', limits.anonymous),
    login: ratePolicy('login', limits.login),
    authenticated: ratePolicy('authenticated', limits.authenticated),
  };
}

function ratePolicy(name: RatePolicyName, limit: number): RatePolicy {
  return { name, limit, announcement: `"${name}";q=${limit};w=${WINDOW_MS / 1000}` };
}
