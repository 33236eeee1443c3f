export type { AuditEntry } from './audit-entry.js';
export { AuditTrail } from './audit-trail.js';
export { AuditTrailModule } from './audit-trail.module.js';
export { Denials } from './denials.js';
export { PendingTags } from './pending-tags.js';
export { type MonthPartition, monthPartition, prepareAuditPartitions } from './prepare-partitions.js';
