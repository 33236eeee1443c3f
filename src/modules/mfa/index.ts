import { MfaFactorSchema } from './mfa-factor.entity.js';
import { MfaRecoveryCodeSchema } from './mfa-recovery-code.entity.js';
import { MfaStepUpSchema } from './mfa-step-up.entity.js';

export { MfaCodeInput } from './mfa.dto.js';
export { MfaModule } from './mfa.module.js';
export { MfaService } from './mfa.service.js';
export { StepUpStamper } from './step-up-stamper.js';
export { SecondFactor } from './second-factor.js';

/** The tables of this module. */
export const MFA_SCHEMAS = [MfaFactorSchema, MfaRecoveryCodeSchema, MfaStepUpSchema];
