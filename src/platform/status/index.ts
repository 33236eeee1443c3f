export { HealthChecks } from './health-checks.js';
export { HealthSampleSchema } from './health-sample.entity.js';
export { HealthController } from './health.controller.js';
export { statusPage } from './status-page.js';
export { StatusModule } from './status.module.js';
export { viewStatus } from './status.view.js';
export { DAY_MS, HISTORY_DAYS, MINUTE_MS, percentOf, uptimeByDay, wholeMinutes } from './uptime.js';
