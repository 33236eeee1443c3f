import { defineEntity, p } from '@mikro-orm/core';
import type { QuotaPeriod } from '../../kernel/access/quota.js';

const QuotaUsageSchema = defineEntity({
  name: 'QuotaUsage',
  tableName: 'quota_usage',
  properties: {
    counterId: p.uuid().primary(),
    period: p.string().length(5).$type<QuotaPeriod>().primary(),
    windowStart: p.datetime().index(),
    /** Units of the window that have been leased to processes; never more than the limit. */
    used: p.integer(),
    /** Size of the latest lease, for the process that took it. */
    granted: p.integer(),
    /** The highest threshold that the owner has been told of in the window, in percent. */
    told: p.smallint().default(0),
  },
});

/** How much of a quota is spent or leased in its current window. */
export class QuotaUsage extends QuotaUsageSchema.class {}
QuotaUsageSchema.setClass(QuotaUsage);
export { QuotaUsageSchema };
