import { defineEntity, p } from '@mikro-orm/core';
import { MfaFactor } from './mfa-factor.entity.js';

const MfaRecoveryCodeSchema = defineEntity({
  name: 'MfaRecoveryCode',
  tableName: 'mfa_recovery_codes',
  properties: {
    id: p.uuid().primary(),
    factor: () => p.manyToOne(MfaFactor).deleteRule('cascade'),
    digest: p.string().length(64),
    usedAt: p.datetime().nullable(),
  },
  uniques: [{ properties: ['factor', 'digest'] }],
});

/** One recovery code of a factor, as a digest. */
export class MfaRecoveryCode extends MfaRecoveryCodeSchema.class {}
MfaRecoveryCodeSchema.setClass(MfaRecoveryCode);
export { MfaRecoveryCodeSchema };
