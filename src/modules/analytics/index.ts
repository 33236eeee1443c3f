import { AnomalySchema } from './anomalies/anomaly.entity.js';
import { CredentialNetworkSchema } from './recording/credential-network.entity.js';
import { CustomEventSchema } from './events/custom-event.entity.js';
import { UsageDaySchema, UsageHourSchema } from './recording/request-usage.entity.js';

export { AnalyticsModule } from './analytics.module.js';

/** The tables of this module. */
export const ANALYTICS_SCHEMAS = [
  UsageHourSchema,
  UsageDaySchema,
  CustomEventSchema,
  CredentialNetworkSchema,
  AnomalySchema,
] as const;
