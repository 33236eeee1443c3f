import { defineEntity, p } from '@mikro-orm/core';

const CredentialLastUseSchema = defineEntity({
  name: 'CredentialLastUse',
  tableName: 'credential_last_uses',
  properties: {
    credentialId: p.uuid().primary(),
    lastUsedAt: p.datetime(),
    lastUsedIp: p.string().length(45).nullable(),
  },
});

/** When and from where a credential was last used; apart from the credential, whose row then need not be rewritten. */
export class CredentialLastUse extends CredentialLastUseSchema.class {}
CredentialLastUseSchema.setClass(CredentialLastUse);
export { CredentialLastUseSchema };
