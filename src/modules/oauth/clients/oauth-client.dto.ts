import { z } from 'zod';
import { parsePublicKey } from '../../../kernel/jose/parse-public-key.js';
import { isFault } from '../../../kernel/fault.js';
import { isStorable } from '../../../kernel/storable-text.js';
import { pageQueryFields, pageView } from '../../../platform/http/paging/index.js';
import { TimeView } from '../../../platform/http/index.js';
import { cascadeInput, GracePeriodHours, IdView, NameInput } from '../../../platform/http/validation/index.js';
import { scopeNames } from '../scopes.js';
import { ACCESS_TOKEN_FORMATS, CLIENT_AUTH_METHODS, CLIENT_GRANT_TYPES, CLIENT_TYPES } from './oauth-client.entity.js';
import { REDIRECT_URI_LENGTH_MAX, redirectUriFault } from './redirect-uri.js';

const KEYS_MAX = 5;
const REDIRECT_URIS_MAX = 20;

const ClientNameInput = NameInput(100).meta({
  description: 'Shown to users when they are asked for consent.',
  examples: ['Example App'],
});

const RedirectUriInput = z
  .string()
  .superRefine((uri, context) => {
    const fault = redirectUriFault(uri);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  })
  .meta({ maxLength: REDIRECT_URI_LENGTH_MAX });

const RedirectUrisInput = z
  .array(RedirectUriInput)
  .max(REDIRECT_URIS_MAX)
  .transform((uris) => [...new Set(uris)])
  .meta({
    description: 'Compared character by character; only the port may vary on 127.0.0.1, [::1] and localhost.',
    examples: [['https://app.example.com/callback']],
  });

const ScopesInput = z.lazy(() =>
  z
    .array(z.enum(scopeNames()))
    .min(1)
    .max(scopeNames().length)
    .transform((scopes) => scopeNames().filter((scope) => scopes.includes(scope)))
    .meta({ description: 'The most it may ask for.', examples: [['read:compression', 'write:compression']] }),
);

const GrantTypesInput = z
  .array(z.enum(CLIENT_GRANT_TYPES))
  .min(1)
  .max(CLIENT_GRANT_TYPES.length)
  .transform((types) => CLIENT_GRANT_TYPES.filter((type) => types.includes(type)));

const JwkInput = z.record(z.string().max(64), z.unknown()).transform((jwk, context) => {
  const parsed = parsePublicKey(jwk);
  if (isFault(parsed)) {
    context.addIssue({ code: 'custom', message: parsed.fault });
    return z.NEVER;
  }
  const { kid } = jwk;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 128 || !isStorable(kid))) {
    context.addIssue({ code: 'custom', message: 'has a kid that is not a text of at most 128 characters' });
    return z.NEVER;
  }
  return { ...parsed.key.export({ format: 'jwk' }), alg: parsed.algorithm, ...(kid !== undefined && { kid }) };
});

const JwksInput = z.strictObject({ keys: z.array(JwkInput).min(1).max(KEYS_MAX) }).meta({
  description: 'Public keys (RFC 7517) for private_key_jwt: Ed25519, P-256 or RSA. They are never fetched from a URL.',
});

const FormatInput = z
  .enum(ACCESS_TOKEN_FORMATS)
  .meta({ description: '`jwt`: signed (RFC 9068), for resource servers of your own that read it themselves.' });

/** Body of `createOAuthClient`. */
export const NewOAuthClient = z
  .strictObject({
    name: ClientNameInput,
    redirect_uris: RedirectUrisInput.default([]),
    type: z.enum(CLIENT_TYPES).meta({ description: '`public`: it cannot keep a secret (browser, mobile, desktop).' }),
    scopes: ScopesInput,
    grant_types: GrantTypesInput.default(['authorization_code', 'refresh_token']),
    token_endpoint_auth_method: z.enum(CLIENT_AUTH_METHODS).optional().meta({
      description:
        'Default: client_secret_basic, or none for a public client. A secret is taken in either of the two ways.',
    }),
    access_token_format: FormatInput.default('opaque'),
    jwks: JwksInput.nullable().optional(),
  })
  .meta({ id: 'NewOAuthClient' });

/** Body of `updateOAuthClient`; what is left out stays as it is. */
export const OAuthClientChanges = z
  .strictObject({
    name: ClientNameInput.optional(),
    redirect_uris: RedirectUrisInput.optional(),
    scopes: ScopesInput.optional(),
    grant_types: GrantTypesInput.optional(),
    access_token_format: FormatInput.optional(),
    jwks: JwksInput.nullable().optional(),
  })
  .meta({ id: 'OAuthClientChanges' });

/** Query of `deleteOAuthClient`: what its grants have minted ends with these in any case. */
export const OAuthClientDeletion = z.strictObject({ cascade: cascadeInput(true) });

/** Body of `rotateOAuthClientSecret`, which may be left out. */
export const ClientSecretRotation = z
  .strictObject({
    grace_period_hours: GracePeriodHours,
  })
  .prefault({})
  .meta({ id: 'ClientSecretRotation' });

/** A client; never its secret. */
export const OAuthClientView = z
  .object({
    id: IdView,
    client_id: IdView.meta({ description: 'The same as `id`.' }),
    name: z.string(),
    type: z.enum(CLIENT_TYPES),
    redirect_uris: z.array(z.string()),
    scopes: z.array(z.lazy(() => z.enum(scopeNames()))),
    grant_types: z.array(z.enum(CLIENT_GRANT_TYPES)),
    token_endpoint_auth_method: z.enum(CLIENT_AUTH_METHODS),
    access_token_format: z.enum(ACCESS_TOKEN_FORMATS),
    jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).nullable(),
    previous_secret_expires_at: TimeView.nullable(),
    allowed_ips: z.array(z.string()).nullable().meta({ description: 'Inherited from the credential that created it.' }),
    denied_ips: z.array(z.string()).nullable(),
    expires_at: TimeView.nullable(),
    created_at: TimeView,
    minted_by: IdView.nullable(),
  })
  .meta({ id: 'OAuthClient' });

/** A client with a new secret, which is shown here and never again. */
export const OAuthClientWithSecretView = OAuthClientView.extend({
  client_secret: z.string().optional().meta({ description: 'Shown only here; absent for a client that has none.' }),
}).meta({ id: 'OAuthClientWithSecret' });

/** Query of `listOAuthClients`. */
export const OAuthClientQuery = z.strictObject({ ...pageQueryFields });

/** Answer of `listOAuthClients`. */
export const OAuthClientPage = pageView(OAuthClientView).meta({ id: 'OAuthClientPage' });
