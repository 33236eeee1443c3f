import { defineEntity, p } from '@mikro-orm/core';
import { type Grant, WILDCARDS } from '../../kernel/access/permission.js';
import type { QuotaPeriod } from '../../kernel/access/quota.js';
import type { SignatureScheme } from '../../kernel/access/signature-policy.js';
import type { ApiKeyEnvironment } from '../../kernel/crypto/api-key-format.js';
import { User } from '../users/index.js';

/** Keys that nobody has ended or shut, of `api_keys`; some of them may have expired. */
export const IS_STANDING = 'revoked_at is null and quarantined_at is null';
/** Keys that do not name each of their permissions. */
export const HAS_WILDCARD = `permissions && array[${WILDCARDS.map((grant) => `'${grant}'`).join(', ')}]::text[]`;
/** Keys for production that may be used from anywhere. */
export const IS_OPEN_PROD = "environment = 'prod' and allowed_ips is null";
/** How long a key lives; one that does not end lives longer than any policy allows. */
export const KEY_LIFE = "coalesce(expires_at - created_at, interval '1000000 days')";

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
    hint: p.string().length(24).index(),
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
  // what administrators search and filter by, and what a policy may find fault with: each is a range of an index
  indexes: [
    { name: 'api_keys_standing_index', properties: ['owner'], where: 'revoked_at is null' },
    {
      name: 'api_keys_name_trigram_index',
      expression: 'create index "api_keys_name_trigram_index" on "api_keys" using gin ("name" gin_trgm_ops)',
    },
    { name: 'api_keys_revoked_index', properties: ['id'], where: 'revoked_at is not null' },
    { name: 'api_keys_quarantined_index', properties: ['id'], where: 'quarantined_at is not null' },
    { name: 'api_keys_environment_index', properties: ['environment', 'id'], where: "environment <> 'prod'" },
    { name: 'api_keys_wildcard_index', properties: ['id'], where: `${IS_STANDING} and ${HAS_WILDCARD}` },
    { name: 'api_keys_open_index', properties: ['id'], where: `${IS_STANDING} and ${IS_OPEN_PROD}` },
    {
      name: 'api_keys_life_index',
      expression: `create index "api_keys_life_index" on "api_keys" ((${KEY_LIFE})) where ${IS_STANDING}`,
    },
  ],
});

/** An API key: what it may do, from where and until when. */
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);
export { ApiKeySchema };
