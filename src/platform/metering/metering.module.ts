import { Global, Module } from '@nestjs/common';
import { RetentionService } from '../work/index.js';
import { QuotaLeases } from './quota-leases.js';
import { QuotaStore } from './quota-store.js';
import { QuotaThresholds } from './quota-thresholds.js';
import { UsageMeter } from './usage-meter.js';

const DAY_MS = 86_400_000;

/** Usage of credentials and their quotas. */
@Global()
@Module({
  providers: [QuotaStore, QuotaThresholds, QuotaLeases, UsageMeter],
  exports: [QuotaLeases, UsageMeter],
})
export class MeteringModule {
  constructor(retention: RetentionService) {
    retention.keep(
      { table: 'credential_usage', column: 'bucket', keptMs: 90 * DAY_MS },
      { table: 'credential_origins', column: 'last_used_at', keptMs: 90 * DAY_MS },
      // the longest window is a month
      { table: 'quota_usage', column: 'window_start', keptMs: 32 * DAY_MS },
    );
  }
}
