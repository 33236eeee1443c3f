import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** Metadata key of how the requests of a route are limited; absent: by caller. */
export const RATE_LIMIT = 'kindly:rate-limit';

/** Extension of an operation that says so to clients: `login` or `none`; absent: by caller. */
export const RATE_LIMIT_EXTENSION = 'x-rate-limit';

/**
 * - `login`: by address, and refused beyond the limit by the guard;
 * - `login-by-handler`: the same, but the handler refuses (see `refuseOverLimit`), since it has a better answer first;
 * - `by-handler`: by caller, whom the handler finds out (see `RateLimits.countInHandler`);
 * - `none`: not limited.
 */
export type RouteLimit = 'login' | 'login-by-handler' | 'by-handler' | 'none';

/** Puts a route under the limit for attempts to get in (RATE_LIMIT_LOGIN), by address, whoever calls. */
export function LoginLimited({ refusedBy = 'guard' }: { refusedBy?: 'guard' | 'handler' } = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(RATE_LIMIT, (refusedBy === 'handler' ? 'login-by-handler' : 'login') satisfies RouteLimit),
    ApiExtension(RATE_LIMIT_EXTENSION, 'login'),
  );
}

/** Leaves the counting to the handler, which alone knows how its callers authenticate; one that is known is counted. */
export function CountedByHandler(): MethodDecorator {
  return SetMetadata(RATE_LIMIT, 'by-handler' satisfies RouteLimit);
}

/** Takes all routes of a controller, or one, out of the limits: for health checks and static pages. */
export function Unlimited(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(RATE_LIMIT, 'none' satisfies RouteLimit),
    ApiExtension(RATE_LIMIT_EXTENSION, 'none'),
  );
}
