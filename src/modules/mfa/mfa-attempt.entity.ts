import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../users/index.js';

const MfaAttemptSchema = defineEntity({
  name: 'MfaAttempt',
  tableName: 'mfa_attempts',
  properties: {
    user: () => p.oneToOne(User).owner().primary().deleteRule('cascade'),
    /** Attempts since the last right one. */
    failures: p.integer(),
    lastAttemptAt: p.datetime(),
    lockedUntil: p.datetime().nullable(),
  },
});

/** How often a user's second factor has been tried in vain. */
export class MfaAttempt extends MfaAttemptSchema.class {}
MfaAttemptSchema.setClass(MfaAttempt);
export { MfaAttemptSchema };
