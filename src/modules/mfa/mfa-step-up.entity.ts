import { defineEntity, p } from '@mikro-orm/core';
import { MfaFactor } from './mfa-factor.entity.js';

const MfaStepUpSchema = defineEntity({
  name: 'MfaStepUp',
  tableName: 'mfa_step_ups',
  properties: {
    sessionId: p.uuid().primary(),
    /** A stamp goes with the factor that it was given for. */
    factor: () => p.manyToOne(MfaFactor).deleteRule('cascade').index(),
    expiresAt: p.datetime().index(),
  },
});

/** The stamp of a session that has shown its second factor again. */
export class MfaStepUp extends MfaStepUpSchema.class {}
MfaStepUpSchema.setClass(MfaStepUp);
export { MfaStepUpSchema };
