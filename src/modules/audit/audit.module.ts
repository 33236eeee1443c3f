import { Module } from '@nestjs/common';
import { SealedColumns } from '../../platform/sealing/index.js';
import './audit.permissions.js';
import { AuditChain } from './audit-chain.js';
import { AuditController } from './audit.controller.js';
import { AuditRetention } from './audit-retention.js';
import { AuditService } from './audit.service.js';
import { AuditVerification } from './audit-verification.service.js';
import { ChainSigner } from './chain-signer.js';
import { ChainWorker } from './chain-worker.js';
import { AuditEvents } from './find-events.js';
import { HeadAnchor } from './head-anchor.js';
import { SIGNING_KEY_PURPOSE, SIGNING_KEYS_TABLE } from './signing-key.js';

/** The audit trail: its chain, and the reading and checking of it. */
@Module({
  controllers: [AuditController],
  providers: [
    AuditService,
    AuditEvents,
    AuditVerification,
    AuditRetention,
    AuditChain,
    ChainSigner,
    ChainWorker,
    HeadAnchor,
  ],
  exports: [AuditVerification, AuditRetention],
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
