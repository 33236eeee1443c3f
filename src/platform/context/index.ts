export type { RatePolicy, RatePolicyName, RateState } from './rate-state.js';
export { currentContext, type RequestContext } from './request-context.js';
export { requestContext } from './request-context.middleware.js';
