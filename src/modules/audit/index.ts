export { AuditModule } from './audit.module.js';
export { PruneAuditService } from './retention/prune-audit.service.js';
export { VerifyAuditTrailService } from './verification/verify-audit-trail.service.js';
