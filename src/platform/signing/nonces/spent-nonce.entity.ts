import { defineEntity, p } from '@mikro-orm/core';

const SpentNonceSchema = defineEntity({
  name: 'SpentNonce',
  tableName: 'spent_nonces',
  properties: {
    /** The API key or service account whose nonce it is; no reference, because a row lives for minutes only. */
    spenderId: p.uuid().primary(),
    nonce: p.string().length(128).primary(),
    /** From then on nothing that bears the nonce is fresh enough to be accepted. */
    expiresAt: p.datetime().index(),
  },
});

/** A value that was good for one use and has been used: the nonce of a signed request, the id of an assertion. */
export class SpentNonce extends SpentNonceSchema.class {}
SpentNonceSchema.setClass(SpentNonce);
export { SpentNonceSchema };
