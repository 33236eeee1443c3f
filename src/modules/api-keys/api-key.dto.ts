import { z } from 'zod';
import { grantNames } from '../../kernel/access/permission.js';
import { QUOTA_PERIODS } from '../../kernel/access/quota.js';
import { SIGNATURE_SCHEMES } from '../../kernel/access/signature-policy.js';
import { API_KEY_ENVIRONMENTS } from '../../kernel/crypto/api-key-format.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { TimeInput, TimeView } from '../../platform/http/index.js';
import { IdView, NameInput, TextInput } from '../../platform/http/validation/index.js';
import { AddressListInput } from './address.dto.js';
import { API_KEY_STATUSES } from './api-key-status.js';

/** The largest quota; as many requests take a year at 32 a second. */
const QUOTA_LIMIT_MAX = 1_000_000_000;

const KeyNameInput = NameInput(100).meta({ examples: ['Production Server'] });

const PermissionsInput = z.lazy(() =>
  z
    .array(z.enum(grantNames()))
    .min(1)
    .max(grantNames().length)
    .transform((grants) => [...new Set(grants)])
    .meta({
      description: '`*` covers all but the minting, verifying and admin permissions, which must be named.',
      examples: [['read:compression', 'write:compression']],
    }),
);

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
  message: 'is another name of allowed_ips; send one of the two, or the same list as both',
};

/** Answers carry both names, so both may come back; null beside a list is no second list. */
function namesOneList({
  allowed_ips: list,
  ip_whitelist: again,
}: {
  allowed_ips?: unknown;
  ip_whitelist?: unknown;
}): boolean {
  return (list ?? null) === null || (again ?? null) === null || JSON.stringify(list) === JSON.stringify(again);
}

/** Body of `createApiKey`. What a minting key leaves out is inherited from it. */
export const NewApiKey = z
  .strictObject({ name: KeyNameInput, environment: z.enum(API_KEY_ENVIRONMENTS).default('prod'), ...termsFields })
  .refine(namesOneList, ONE_LIST)
  .meta({ id: 'NewApiKey' });

/** Body of `updateApiKey`: what is left out stays, null clears. */
export const ApiKeyChanges = z
  .strictObject({
    name: KeyNameInput.optional(),
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
  q: TextInput.trim().min(1).max(100).optional().meta({
    description: 'Part of the name, the last four characters of the key, its hint or its id.',
  }),
});

/** Answer of `listApiKeys`. */
export const ApiKeyPage = pageView(ApiKeyView).meta({ id: 'ApiKeyPage' });
