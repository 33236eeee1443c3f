import { defineEntity, p } from '@mikro-orm/core';

const CredentialNetworkSchema = defineEntity({
  name: 'CredentialNetwork',
  tableName: 'credential_networks',
  properties: {
    credentialId: p.uuid().primary(),
    /** An IPv4 /24 or an IPv6 /64. */
    network: p.string().length(43).primary(),
    ownerId: p.uuid(),
    firstSeenAt: p.datetime().index(),
  },
});

/** A network that an API key has been used from. */
export class CredentialNetwork extends CredentialNetworkSchema.class {}
CredentialNetworkSchema.setClass(CredentialNetwork);
export { CredentialNetworkSchema };
