import { Module } from '@nestjs/common';
import { SealedColumns } from '../../platform/sealing/index.js';
import './audit.permissions.js';
import { ChainWriter } from './chain/chain-writer.js';
import { AuditController } from './audit.controller.js';
import { PruneAuditService } from './retention/prune-audit.service.js';
import { AuditService } from './trail/audit.service.js';
import { VerifyAuditTrailService } from './verification/verify-audit-trail.service.js';
import { HeadWriter } from './chain/head-writer.js';
import { ChainWorker } from './chain/chain.worker.js';
import { AuditEvents } from './trail/audit-events.queries.js';
import { HeadAnchorStore } from './chain/head-anchor-store.js';
import { SIGNING_KEY_PURPOSE, SIGNING_KEYS_TABLE } from './chain/signing-key.queries.js';

/** The audit trail: its chain, and the reading and checking of it. */
@Module({
  controllers: [AuditController],
  providers: [
    AuditService,
    AuditEvents,
    VerifyAuditTrailService,
    PruneAuditService,
    ChainWriter,
    HeadWriter,
    ChainWorker,
    HeadAnchorStore,
  ],
  exports: [VerifyAuditTrailService, PruneAuditService],
})
export class AuditModule {
  constructor(sealed: SealedColumns) {
    sealed.register({
      table: SIGNING_KEYS_TABLE,
      column: 'private_key_sealed',
      purpose: SIGNING_KEY_PURPOSE,
      rowColumn: 'id',
      ownerColumn: 'id',
    });
  }
}
