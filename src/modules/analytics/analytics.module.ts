import { Module } from '@nestjs/common';
import { RetentionService } from '../../platform/work/index.js';
import './analytics.permissions.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnomaliesService } from './anomalies/anomalies.service.js';
import { AnomalyLog } from './anomalies/anomaly-log.js';
import { AnomalyDetector } from './anomalies/anomaly-detector.js';
import { AnomalyWorker } from './anomalies/anomaly.worker.js';
import { CredentialNetworkRegistry } from './recording/credential-network-registry.js';
import { CustomEventsService } from './events/custom-events.service.js';
import { RecordEventService } from './events/record-event.service.js';
import { RequestCounter } from './recording/request-counter.js';
import { RequestUsageWriter } from './recording/request-usage-writer.js';
import { UsageService } from './usage/usage.service.js';
import { DAYS_KEPT_MS, HOURS_KEPT_MS } from './usage/usage-window.js';

const DAY_MS = 86_400_000;

/** Who uses what, and what is strange about it. */
@Module({
  controllers: [AnalyticsController],
  providers: [
    RequestCounter,
    RequestUsageWriter,
    UsageService,
    CustomEventsService,
    RecordEventService,
    CredentialNetworkRegistry,
    AnomalyDetector,
    AnomalyWorker,
    AnomalyLog,
    AnomaliesService,
  ],
})
export class AnalyticsModule {
  constructor(retention: RetentionService) {
    retention.keep(
      // a day longer than is promised, so that a window that begins within its first hour is still whole
      { table: 'usage_hours', column: 'bucket', keptMs: HOURS_KEPT_MS + DAY_MS },
      { table: 'usage_days', column: 'bucket', keptMs: DAYS_KEPT_MS },
      { table: 'custom_events', column: 'created_at', keptMs: HOURS_KEPT_MS },
      { table: 'anomalies', column: 'detected_at', keptMs: DAYS_KEPT_MS },
    );
  }
}
