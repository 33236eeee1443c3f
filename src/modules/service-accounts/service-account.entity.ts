import { defineEntity, p } from '@mikro-orm/core';
import type { Grant } from '../../kernel/access/permission.js';
import { User } from '../users/index.js';

const ServiceAccountSchema = defineEntity({
  name: 'ServiceAccount',
  tableName: 'service_accounts',
  properties: {
    id: p.uuid().primary(),
    owner: () => p.manyToOne(User).deleteRule('cascade').index(),
    name: p.string().length(100),
    description: p.string().length(500).nullable(),
    permissions: p.array<Grant>(),
    /** Inherited from the credential that created it; null: from anywhere. */
    allowedIps: p.array().nullable(),
    deniedIps: p.array().nullable(),
    /** Inherited too: it does not outlive the credential that created it. */
    expiresAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    disabledAt: p.datetime().nullable(),
    deletedAt: p.datetime().nullable(),
    /** The key, service account or grant that created it; null: a login session did. */
    mintedBy: p.uuid().nullable().index(),
  },
});

/** A robot: an identity of its own, which proves itself with a private key and belongs to a user. */
export class ServiceAccount extends ServiceAccountSchema.class {}
ServiceAccountSchema.setClass(ServiceAccount);
export { ServiceAccountSchema };
