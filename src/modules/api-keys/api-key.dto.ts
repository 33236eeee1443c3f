import { z } from 'zod';
import { GRANTS, PERMISSIONS } from '../../kernel/access/permission.js';
import { QUOTA_PERIODS } from '../../kernel/access/quota.js';
import { SIGNATURE_SCHEMES } from '../../kernel/access/signature-policy.js';
import { API_KEY_ENVIRONMENTS } from '../../kernel/crypto/api-key-format.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/page.js';
import { TimeInput, TimeView } from '../../platform/http/time.js';
import { IdView } from '../../platform/http/validation/ids.js';
import { AddressInput, AddressListInput } from './address.dto.js';
import { API_KEY_STATUSES } from './api-key-status.js';

/** The longest grace period and delay: 30 days. */
const DELAY_HOURS_MAX = 720;
/** The largest quota; as many requests take a year at 32 a second. */
const QUOTA_LIMIT_MAX = 1_000_000_000;

const NameInput = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .meta({ examples: ['Production Server'] });

const PermissionsInput = z
  .array(z.enum(GRANTS))
  .min(1)
  .max(GRANTS.length)
  .transform((grants) => [...new Set(grants)])
  .meta({
    description: '`*` covers all but the minting, verifying and admin permissions, which must be named.',
    examples: [['read:compression', 'write:compression']],
  });

const QuotaInput = z
  .strictObject({ limit: z.int().min(1).max(QUOTA_LIMIT_MAX), period: z.enum(QUOTA_PERIODS) })
  .meta({ id: 'QuotaInput', description: 'Requests an hour, day or month (UTC); over it AUTH_013.' });

/** Whole seconds, as times are printed: what is shown is when it ends. */
const EndInput = TimeInput.transform((moment) => new Date(Math.floor(moment.getTime() / 1000) * 1000));

const termsFields = {
  permissions: PermissionsInput.optional(),
  allowed_ips: AddressListInput.meta({ description: 'Addresses and CIDR ranges that may use the key.' }),
  ip_whitelist: AddressListInput.meta({ description: 'Another name of `allowed_ips`.' }),
  denied_ips: AddressListInput.meta({ description: 'Addresses and CIDR ranges that may not; deny wins.' }),
  expires_at: EndInput.nullable().optional(),
  quota: QuotaInput.nullable().optional(),
  require_signature: z.boolean().optional().meta({ description: 'Refuse unsigned requests (AUTH_011).' }),
  min_signature: z
    .enum(SIGNATURE_SCHEMES)
    .nullable()
    .optional()
    .meta({ description: 'The weakest scheme a signed request may use; null: any.' }),
};

/** The fields of a body that say what a key may do. */
export const TermsInput = z.strictObject(termsFields);

const ONE_LIST = {
  path: ['ip_whitelist'],
  message: 'is another name of allowed_ips; send one of the two',
};

function namesOneList(body: { allowed_ips?: unknown; ip_whitelist?: unknown }): boolean {
  return body.allowed_ips === undefined || body.ip_whitelist === undefined;
}

/** Body of `createApiKey`. What a minting key leaves out is inherited from it. */
export const NewApiKey = z
  .strictObject({ name: NameInput, environment: z.enum(API_KEY_ENVIRONMENTS).default('prod'), ...termsFields })
  .refine(namesOneList, ONE_LIST)
  .meta({ id: 'NewApiKey' });

/** Body of `updateApiKey`: what is left out stays, null clears. */
export const ApiKeyChanges = z
  .strictObject({
    name: NameInput.optional(),
    ...termsFields,
    revoke_at: z.null().optional().meta({ description: 'null takes back a scheduled deletion.' }),
  })
  .refine(namesOneList, ONE_LIST)
  .meta({ id: 'ApiKeyChanges' });

/** An API key as lists show it; never the key itself. */
export const ApiKeyView = z
  .object({
    id: IdView,
    name: z.string(),
    environment: z.enum(API_KEY_ENVIRONMENTS),
    hint: z.string().meta({ examples: ['kapi_prod_…Ab3d'] }),
    status: z.enum(API_KEY_STATUSES),
    permissions: z.array(z.string()),
    allowed_ips: z.array(z.string()).nullable(),
    ip_whitelist: z.array(z.string()).nullable(),
    denied_ips: z.array(z.string()).nullable(),
    require_signature: z.boolean(),
    min_signature: z.enum(SIGNATURE_SCHEMES).nullable(),
    quota: z.object({ limit: z.int(), period: z.enum(QUOTA_PERIODS) }).nullable(),
    expires_at: TimeView.nullable(),
    created_at: TimeView,
    rotation_due: z.boolean().meta({ description: 'The key is 90 days old.' }),
    successor_id: IdView.nullable().meta({ description: 'The key that replaces it.' }),
    last_used_at: TimeView.nullable(),
    last_used_ip: z.string().nullable(),
    revoke_at: TimeView.nullable().meta({ description: 'When a rotation or a scheduled deletion ends it.' }),
    revoked_at: TimeView.nullable(),
    minted_by: IdView.nullable(),
  })
  .meta({ id: 'ApiKey' });

/** A new API key; `key` and `api_secret` are shown here and never again. */
export const MintedApiKeyView = ApiKeyView.extend({
  key: z.string().meta({ examples: ['kapi_prod_7f3d9a2b5c1e4890abcdef1234567890'] }),
  api_secret: z.string().meta({ description: 'Signs requests.' }),
}).meta({ id: 'MintedApiKey' });

/** Query of `listApiKeys`. */
export const ApiKeyQuery = z.strictObject({
  ...pageQueryFields,
  status: z.enum(API_KEY_STATUSES).optional(),
  environment: z.enum(API_KEY_ENVIRONMENTS).optional(),
  q: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Part of the name, or the last four characters of the key.' }),
});

/** Answer of `listApiKeys`. */
export const ApiKeyPage = pageView(ApiKeyView).meta({ id: 'ApiKeyPage' });

/** Query of `revokeApiKey`. */
export const RevocationQuery = z.strictObject({
  delay_hours: z
    .string()
    .regex(/^\d{1,3}$/, `must be a whole number from 0 to ${DELAY_HOURS_MAX}`)
    .transform(Number)
    .refine((hours) => hours <= DELAY_HOURS_MAX, `must be a whole number from 0 to ${DELAY_HOURS_MAX}`)
    .default(0)
    .meta({ type: 'integer', minimum: 0, maximum: DELAY_HOURS_MAX, default: 0, description: 'Hours until it ends.' }),
  cascade: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false)
    .meta({ type: 'boolean', default: false, description: 'End the keys that it minted too, and theirs.' }),
});

/** Body of `rotateApiKey`, which may be left out. */
export const Rotation = z
  .strictObject({
    grace_period_hours: z
      .int()
      .min(0)
      .max(DELAY_HOURS_MAX)
      .default(24)
      .meta({ description: 'How long the old key works on.' }),
  })
  .prefault({})
  .meta({ id: 'Rotation' });

/** Answer of `getRotation`: who still uses a key that is on its way out. */
export const RotationProgressView = z
  .object({
    key_id: IdView,
    status: z.enum(API_KEY_STATUSES),
    successor_id: IdView.nullable(),
    revoke_at: TimeView.nullable(),
    last_used_at: TimeView.nullable(),
    safe_to_revoke: z.boolean().meta({ description: 'Nobody has used the old key for an hour.' }),
    requests: z.int().meta({ description: 'Requests of the old key since it is on its way out.' }),
    origins: z.array(
      z.object({
        ip: z.string().nullable().meta({ description: 'null: all origins beyond the first hundred.' }),
        user_agent: z.string().nullable(),
        requests: z.int(),
        last_used_at: TimeView,
      }),
    ),
  })
  .meta({ id: 'RotationProgress' });

/** Body of `verifyApiKey`. Any text may be asked about: what is not a key is not valid. */
export const Verification = z
  .strictObject({
    key: z.string().max(8_192),
    permissions: z
      .array(z.enum(PERMISSIONS))
      .max(PERMISSIONS.length)
      .optional()
      .meta({ description: 'What the key must be allowed to do.' }),
    ip: AddressInput.optional().meta({
      description: 'Address of whoever sent the key to you. A key with IP lists is not valid without.',
    }),
  })
  .meta({ id: 'Verification' });

/** Why a key is not valid, as its owner may know it. */
export const VERIFICATION_REASONS = [
  'not_found',
  'revoked',
  'expired',
  'quarantined',
  'owner_disabled',
  'signature_required',
  'ip_not_allowed',
  'insufficient_permissions',
  'quota_exceeded',
] as const;
export type VerificationReason = (typeof VERIFICATION_REASONS)[number];

/** Answer of `verifyApiKey`. */
export const VerificationView = z
  .object({
    valid: z.boolean(),
    code: z
      .enum(['AUTH_004', 'AUTH_005', 'AUTH_009', 'AUTH_011', 'AUTH_013'])
      .optional()
      .meta({ description: 'What a request with the key would be refused with; only if it is not valid.' }),
    reason: z.enum(VERIFICATION_REASONS).optional(),
    key_id: IdView.nullable(),
    owner_id: IdView.nullable(),
    permissions: z.array(z.enum(PERMISSIONS)).meta({ description: 'All that the key may do, wildcards resolved.' }),
    remaining_quota: z.int().nullable().meta({ description: 'Requests left; null: no quota, or not valid.' }),
  })
  .meta({ id: 'VerificationResult' });
