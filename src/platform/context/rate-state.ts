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
