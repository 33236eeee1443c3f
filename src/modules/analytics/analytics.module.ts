import { Module } from '@nestjs/common';
import { RowRetention } from '../../platform/metering/index.js';
import './analytics.permissions.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnomaliesService } from './anomalies/anomalies.service.js';
import { AnomalyLog } from './anomalies/anomaly-log.js';
import { AnomalyDetector } from './anomalies/anomaly-detector.js';
import { ForgottenNetworks } from './anomalies/forgotten-networks.js';
import { SeenNetworks } from './anomalies/seen-networks.js';
import { CustomEventsService } from './events/custom-events.service.js';
import { RequestCounter } from './usage/request-counter.js';
import { UsageService } from './usage/usage.service.js';
import { DAYS_KEPT_MS, HOURS_KEPT_MS } from './usage/usage-window.js';

const DAY_MS = 86_400_000;

/** Who uses what, and what is strange about it. */
@Module({
  controllers: [AnalyticsController],
  providers: [
    RequestCounter,
    UsageService,
    CustomEventsService,
    SeenNetworks,
    ForgottenNetworks,
    AnomalyDetector,
    AnomalyLog,
    AnomaliesService,
  ],
})
export class AnalyticsModule {
  constructor(retention: RowRetention) {
    retention.keep(
      // a day longer than is promised, so that a window that begins within its first hour is still whole
      { table: 'usage_hours', column: 'bucket', keptMs: HOURS_KEPT_MS + DAY_MS },
      { table: 'usage_days', column: 'bucket', keptMs: DAYS_KEPT_MS },
      { table: 'custom_events', column: 'created_at', keptMs: HOURS_KEPT_MS },
      { table: 'anomalies', column: 'detected_at', keptMs: DAYS_KEPT_MS },
    );
  }
}
