import { defineEntity, p } from '@mikro-orm/core';
import type { Grant } from '../../kernel/access/permission.js';
import type { QuotaPeriod } from '../../kernel/access/quota.js';
import type { SignatureScheme } from '../../kernel/access/signature-policy.js';
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
    requireSignature: p.boolean().default(false),
    /** The weakest scheme that may sign; null: any. */
    minSignature: p.string().length(7).$type<SignatureScheme>().nullable(),
    /** Requests a period; null: no quota. */
    quotaLimit: p.integer().nullable(),
    quotaPeriod: p.string().length(5).$type<QuotaPeriod>().nullable(),
    /** The counter the quota is drawn from: the key's own, or that of the key it replaces or was minted by. */
    quotaCounterId: p.uuid(),
    expiresAt: p.datetime().nullable().index(),
    /** The latest notice of the coming expiry that was given, in days before it. */
    expiryNoticeDays: p.smallint().nullable(),
    createdAt: p.datetime(),
    /** Known in advance: the end of a rotation or of a delayed deletion; judged by the clock on every use. */
    revokeAt: p.datetime().nullable().index(),
    /** When it was revoked, at once or by the passing of `revokeAt`. */
    revokedAt: p.datetime().nullable(),
    quarantinedAt: p.datetime().nullable(),
    /** The key that replaces this one. */
    successorId: p.uuid().nullable(),
    /** The key, service account or grant that minted it; null: a login session did. */
    mintedBy: p.uuid().nullable().index(),
  },
  indexes: [{ name: 'api_keys_standing_index', properties: ['owner'], where: 'revoked_at is null' }],
});

/** An API key: what it may do, from where and until when. */
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);
export { ApiKeySchema };
