import { z } from 'zod';
import { GRANTS } from '../../kernel/access/permission.js';
import { API_KEY_ENVIRONMENTS } from '../../kernel/crypto/api-key-format.js';
import { parseAddressRange } from '../../kernel/net/address-range.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/page.js';
import { TimeInput, TimeView } from '../../platform/http/time.js';
import { IdView } from '../../platform/http/validation/ids.js';

const LIST_LENGTH_MAX = 100;

/** Input: an IPv4 or IPv6 address or CIDR range; kept in its canonical form. */
const AddressRangeInput = z
  .string()
  .max(64)
  .transform((text, context): string => {
    const range = parseAddressRange(text);
    if (!('fault' in range)) return range.text;
    context.addIssue({ code: 'custom', message: range.fault });
    return z.NEVER;
  });

const AddressListInput = z
  .array(AddressRangeInput)
  .min(1, 'must not be empty; leave it out, or send null, for no restriction')
  .max(LIST_LENGTH_MAX)
  .nullable()
  .optional();

const PermissionsInput = z
  .array(z.enum(GRANTS))
  .min(1)
  .max(GRANTS.length)
  .transform((grants) => [...new Set(grants)])
  .meta({ examples: [['read:compression', 'write:compression']] });

/** Body of `createApiKey`. */
export const NewApiKey = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .meta({ examples: ['Production Server'] }),
    environment: z.enum(API_KEY_ENVIRONMENTS).default('prod'),
    permissions: PermissionsInput.optional().meta({
      description:
        'Default: `["*"]`, or what the minting key has. `*` covers all but the minting and admin permissions.',
    }),
    allowed_ips: AddressListInput.meta({ description: 'Addresses and CIDR ranges that may use the key.' }),
    ip_whitelist: AddressListInput.meta({ description: 'Another name of `allowed_ips`.' }),
    denied_ips: AddressListInput.meta({ description: 'Addresses and CIDR ranges that may not; deny wins.' }),
    expires_at: TimeInput.nullable().optional(),
  })
  .refine((body) => body.allowed_ips === undefined || body.ip_whitelist === undefined, {
    path: ['ip_whitelist'],
    message: 'is another name of allowed_ips; send one of the two',
  })
  .meta({ id: 'NewApiKey' });

/** An API key as lists show it; never the key itself. */
export const ApiKeyView = z
  .object({
    id: IdView,
    name: z.string(),
    environment: z.enum(API_KEY_ENVIRONMENTS),
    hint: z.string().meta({ examples: ['kapi_prod_…Ab3d'] }),
    status: z.enum(['active', 'expired', 'revoked']),
    permissions: z.array(z.string()),
    allowed_ips: z.array(z.string()).nullable(),
    ip_whitelist: z.array(z.string()).nullable(),
    denied_ips: z.array(z.string()).nullable(),
    expires_at: TimeView.nullable(),
    created_at: TimeView,
    last_used_at: TimeView.nullable(),
    last_used_ip: z.string().nullable(),
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
export const ApiKeyQuery = z.strictObject({ ...pageQueryFields });

/** Answer of `listApiKeys`. */
export const ApiKeyPage = pageView(ApiKeyView).meta({ id: 'ApiKeyPage' });
