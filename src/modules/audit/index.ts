export { AuditModule } from './audit.module.js';
export { AuditRetention } from './audit-retention.js';
export { AuditVerification } from './audit-verification.service.js';
