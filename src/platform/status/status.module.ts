import { Global, Module } from '@nestjs/common';
import { ClockSkew } from './clock-skew.js';
import { DatabaseHealth } from './database-health.js';
import { HealthChecks } from './health-checks.js';
import { HealthController } from './health.controller.js';
import { HealthWatch } from './health-watch.js';
import { Readiness } from './readiness.js';
import { StatusController } from './status.controller.js';
import { UptimeHistory } from './uptime-history.js';

/** Health for load balancers, the public status page, and what they are made of. */
@Global()
@Module({
  controllers: [HealthController, StatusController],
  providers: [HealthChecks, DatabaseHealth, ClockSkew, HealthWatch, Readiness, UptimeHistory],
  exports: [HealthChecks, ClockSkew, Readiness],
})
export class StatusModule {}
