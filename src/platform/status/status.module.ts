import { Global, Module } from '@nestjs/common';
import { DatabaseHealth } from './database-health.js';
import { HealthChecks } from './health-checks.js';
import { HealthWatch } from './health-watch.js';
import { StatusController } from './status.controller.js';
import { UptimeHistory } from './uptime-history.js';

/** The public status page and what it is made of. */
@Global()
@Module({
  controllers: [StatusController],
  providers: [HealthChecks, DatabaseHealth, HealthWatch, UptimeHistory],
  exports: [HealthChecks],
})
export class StatusModule {}
