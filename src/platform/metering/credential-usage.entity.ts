import { defineEntity, p } from '@mikro-orm/core';

const CredentialUsageSchema = defineEntity({
  name: 'CredentialUsage',
  tableName: 'credential_usage',
  properties: {
    credentialId: p.uuid().primary(),
    /** The hour in which it happened. */
    bucket: p.datetime().primary().index(),
    ownerId: p.uuid().index(),
    requests: p.bigint(),
  },
});

/** How many requests a credential made in an hour. */
export class CredentialUsage extends CredentialUsageSchema.class {}
CredentialUsageSchema.setClass(CredentialUsage);
export { CredentialUsageSchema };
