export { ClockSkew } from './clock-skew.js';
export { HealthChecks } from './health-checks.js';
export { HealthSampleSchema } from './health-sample.entity.js';
export { Readiness } from './readiness.js';
export { StatusModule } from './status.module.js';
