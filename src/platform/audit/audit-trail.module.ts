import { Global, Module } from '@nestjs/common';
import { AuditTrail } from './audit-trail.js';
import { Denials } from './denials.js';

/** Writing of the audit trail. */
@Global()
@Module({ providers: [AuditTrail, Denials], exports: [AuditTrail, Denials] })
export class AuditTrailModule {}
