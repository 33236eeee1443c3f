import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../users/index.js';

const MfaFactorSchema = defineEntity({
  name: 'MfaFactor',
  tableName: 'mfa_factors',
  properties: {
    id: p.uuid().primary(),
    /** One factor a user. */
    user: () => p.oneToOne(User).owner().deleteRule('cascade'),
    secretSealed: p.text(),
    createdAt: p.datetime(),
    /** Null while the user has not yet proved to hold it. */
    activatedAt: p.datetime().nullable(),
    /** The newest time step whose code was taken; no code of this or an earlier step is taken again. */
    lastUsedStep: p.integer().nullable(),
  },
  // set-ups that were begun are few among many
  indexes: [{ name: 'mfa_factors_pending_index', properties: ['createdAt'], where: 'activated_at is null' }],
});

/** The authenticator app of a user. */
export class MfaFactor extends MfaFactorSchema.class {}
MfaFactorSchema.setClass(MfaFactor);
export { MfaFactorSchema };
