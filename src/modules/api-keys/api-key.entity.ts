import { defineEntity, p } from '@mikro-orm/core';
import type { Grant } from '../../kernel/access/permission.js';
import type { ApiKeyEnvironment } from '../../kernel/crypto/api-key-format.js';
import { User } from '../users/index.js';

const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id: p.uuid().primary(),
    owner: () => p.manyToOne(User).deleteRule('cascade').index(),
    name: p.string().length(100),
    environment: p.string().length(4).$type<ApiKeyEnvironment>(),
    /** SHA-256 of the key; the key itself is stored nowhere. */
    digest: p.blob().unique().hidden(),
    /** Prefix and last four characters, to recognise the key by. */
    hint: p.string().length(24),
    /** Signing secret, sealed. */
    apiSecretSealed: p.text().hidden().lazy(),
    permissions: p.array<Grant>(),
    /** Null: from anywhere. */
    allowedIps: p.array().nullable(),
    deniedIps: p.array().nullable(),
    expiresAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime().nullable(),
    lastUsedIp: p.string().length(45).nullable(),
    revokedAt: p.datetime().nullable(),
    /** The key, service account or grant that minted it; null: a login session did. */
    mintedBy: p.uuid().nullable().index(),
  },
});

/** An API key: what it may do, from where and until when. */
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);
export { ApiKeySchema };
