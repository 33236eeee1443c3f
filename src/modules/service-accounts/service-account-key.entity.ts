import { defineEntity, p } from '@mikro-orm/core';
import type { SignatureAlgorithm } from '../../kernel/jose/verification-key.js';
import { ServiceAccount } from './service-account.entity.js';

const ServiceAccountKeySchema = defineEntity({
  name: 'ServiceAccountKey',
  tableName: 'service_account_keys',
  properties: {
    id: p.uuid().primary(),
    account: () => p.manyToOne(ServiceAccount).deleteRule('cascade').index(),
    algorithm: p.string().length(5).$type<SignatureAlgorithm>(),
    /** The public half, SPKI in DER; the private half is stored nowhere. */
    publicKey: p.blob(),
    /** RFC 7638. */
    thumbprint: p.string().length(43),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    /** The key, service account or grant that added it; null: a login session did. */
    mintedBy: p.uuid().nullable().index(),
  },
});

/** A key pair of a service account, of which the public half is known here. */
export class ServiceAccountKey extends ServiceAccountKeySchema.class {}
ServiceAccountKeySchema.setClass(ServiceAccountKey);
export { ServiceAccountKeySchema };
