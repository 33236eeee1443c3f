export { LimitsModule } from './limits.module.js';
export { CountedByHandler, LoginLimited, RATE_LIMIT_EXTENSION, Unlimited } from './rate-limit.decorators.js';
export { RateLimitGuard } from './rate-limit.guard.js';
export { RateLimits } from './rate-limits.js';
export { refuseOverLimit } from './refuse-over-limit.js';
export { SignedRateLimitGuard } from './signed-rate-limit.guard.js';
