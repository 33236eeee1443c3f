import type { Config } from '../config/config.js';

/** Length of every window, in milliseconds: the limits are per minute. */
export const WINDOW_MS = 60_000;

/** Who is limited: strangers by address, attempts to get in by address, and verified callers by credential. */
export type RatePolicyName = 'anonymous' | 'login' | 'authenticated';

/** How many requests of one kind a caller has per window. */
export interface RatePolicy {
  readonly name: RatePolicyName;
  /** Requests per window; 0: unlimited. */
  readonly limit: number;
  /** The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 §3). */
  readonly announcement: string;
}

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
