export { type FinishedRequest, FinishedRequests } from './finished-requests.js';
export { Metrics } from './metrics.js';
export { measureRequests } from './metrics.middleware.js';
export { requestLog } from './request-log.middleware.js';
export { serveMetrics } from './serve-metrics.js';
export { TelemetryModule } from './telemetry.module.js';
