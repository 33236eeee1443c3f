import { Global, Module } from '@nestjs/common';
import { QuotaLeases } from './quota-leases.js';
import { QuotaStore } from './quota-store.js';
import { UsageMeter } from './usage-meter.js';

/** Usage of credentials and their quotas. */
@Global()
@Module({ providers: [QuotaStore, QuotaLeases, UsageMeter], exports: [QuotaLeases, UsageMeter] })
export class MeteringModule {}
