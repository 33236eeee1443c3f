import { Module } from '@nestjs/common';
import { RowRetention } from '../../platform/metering/index.js';
import { SealedColumns } from '../../platform/sealing/index.js';
import { UsersModule } from '../users/index.js';
import './mfa.events.js';
import { ActiveFactors } from './active-factors.js';
import { BeginEnrolment } from './begin-enrolment.js';
import { ConfirmEnrolment, ENROLMENT_MS } from './confirm-enrolment.js';
import { FactorSecrets } from './factor-secrets.js';
import { CodeAttempts } from './code-attempts.js';
import { MfaController } from './mfa.controller.js';
import { MfaService } from './mfa.service.js';
import { OwnerCheck } from './owner-check.js';
import { RecoveryCodes } from './recovery-codes.js';
import { SecondFactor } from './second-factor.js';
import { StepUpStamper } from './step-up-stamper.js';

/** Second factors: authenticator apps, recovery codes, step-up. */
@Module({
  imports: [UsersModule],
  controllers: [MfaController],
  providers: [
    MfaService,
    BeginEnrolment,
    ConfirmEnrolment,
    SecondFactor,
    OwnerCheck,
    FactorSecrets,
    RecoveryCodes,
    CodeAttempts,
    StepUpStamper,
    ActiveFactors,
  ],
  exports: [SecondFactor, MfaService, StepUpStamper],
})
export class MfaModule {
  constructor(sealed: SealedColumns, retention: RowRetention) {
    retention.keep(
      { table: 'mfa_step_ups', column: 'expires_at', keptMs: 0 },
      { table: 'mfa_factors', column: 'created_at', keptMs: ENROLMENT_MS, where: 'activated_at is null' },
    );
    sealed.register({
      table: 'mfa_factors',
      column: 'secret_sealed',
      purpose: 'mfa-secret',
      rowColumn: 'id',
      ownerColumn: 'user_id',
    });
  }
}
