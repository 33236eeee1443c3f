import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Metadata key of how the requests of a route are limited; absent: by caller. */
export const RATE_LIMIT = 'kindly:rate-limit';

/**
 * - `login`: by address, and refused beyond the limit by the guard;
 * - `login-by-handler`: the same, but the handler refuses (see `refuseOverLimit`), since it has a better answer first;
 * - `none`: not limited.
 */
export type RouteLimit = 'login' | 'login-by-handler' | 'none';

/** Puts a route under the limit for attempts to get in (RATE_LIMIT_LOGIN), by address, whoever calls. */
export function LoginLimited(options: { refusedBy?: 'guard' | 'handler' } = {}): CustomDecorator {
  return SetMetadata(RATE_LIMIT, (options.refusedBy === 'handler' ? 'login-by-handler' : 'login') satisfies RouteLimit);
}

/** Takes a route, or all routes of a controller, out of the limits: for health checks and static pages. */
export function Unlimited(): CustomDecorator {
  return SetMetadata(RATE_LIMIT, 'none' satisfies RouteLimit);
}
