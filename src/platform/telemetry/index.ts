export { type FinishedRequest, FinishedRequests } from './finished-requests.js';
export { Metrics } from './metrics.js';
export { measureRequests } from './metrics.middleware.js';
export { Readiness } from './readiness.js';
export { requestLog } from './request-log.middleware.js';
export { routeTemplate } from './route-template.js';
export { serveMetrics } from './serve-metrics.js';
export { ClockSkew } from './status/clock-skew.js';
export { TelemetryModule } from './telemetry.module.js';
