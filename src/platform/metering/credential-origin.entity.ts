import { defineEntity, p } from '@mikro-orm/core';

const CredentialOriginSchema = defineEntity({
  name: 'CredentialOrigin',
  tableName: 'credential_origins',
  properties: {
    credentialId: p.uuid().primary(),
    /** Empty in the one row that stands for all origins beyond the limit. */
    ip: p.string().length(45).primary(),
    userAgent: p.string().length(256).primary(),
    requests: p.bigint(),
    lastUsedAt: p.datetime().index(),
  },
});

/** Who still uses a credential that is on its way out. */
export class CredentialOrigin extends CredentialOriginSchema.class {}
CredentialOriginSchema.setClass(CredentialOrigin);
export { CredentialOriginSchema };
