import type { FieldError } from '../../../kernel/field-error.js';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { AppError } from '../../../kernel/errors/app-error.js';
import type { OAuthClientChanges } from './oauth-client.dto.js';
import type { OAuthClient } from './oauth-client.entity.js';

/** What of a client has to fit together. */
export type ClientTerms = Pick<
  OAuthClient,
  'type' | 'tokenEndpointAuthMethod' | 'grantTypes' | 'redirectUris' | 'jwks' | 'scopes'
>;

/**
 * Whether a change gives what the client may do to somebody who could not have it before: by another redirect URI, another
 * grant, or another key. Whoever can do that can have the codes or tokens of the client.
 */
export function handsOn(client: ClientTerms, changes: z.infer<typeof OAuthClientChanges>): boolean {
  const { redirect_uris: redirectUris = [], grant_types: grantTypes = [], jwks } = changes;
  const keys = client.jwks?.keys ?? [];
  return (
    redirectUris.some((uri) => !client.redirectUris.includes(uri)) ||
    grantTypes.some((type) => !client.grantTypes.includes(type)) ||
    (jwks?.keys ?? []).some((key) => !keys.some((known) => isDeepStrictEqual(known, key)))
  );
}

type Rule = readonly [broken: (terms: ClientTerms) => boolean, field: string, message: string];

const RULES: readonly Rule[] = [
  [
    ({ type, tokenEndpointAuthMethod }) => (type === 'public') !== (tokenEndpointAuthMethod === 'none'),
    'token_endpoint_auth_method',
    'must be none for a public client, and for no other',
  ],
  [
    ({ tokenEndpointAuthMethod, jwks }) => (tokenEndpointAuthMethod === 'private_key_jwt') !== Boolean(jwks),
    'jwks',
    'is needed for private_key_jwt, and for nothing else',
  ],
  [
    ({ type, grantTypes }) => type === 'public' && grantTypes.includes('client_credentials'),
    'grant_types',
    'must not hold client_credentials for a public client, which has none',
  ],
  [
    ({ grantTypes }) => grantTypes.includes('refresh_token') && !grantTypes.includes('authorization_code'),
    'grant_types',
    'must hold authorization_code beside refresh_token',
  ],
  [
    ({ grantTypes, redirectUris }) => grantTypes.includes('authorization_code') !== redirectUris.length > 0,
    'redirect_uris',
    'must name at least one URI for authorization_code, and none without it',
  ],
];

/** @throws AppError REQ_001 that names each field which does not go with the others */
export function assertFitTogether(terms: ClientTerms): void {
  const errors: FieldError[] = RULES.filter(([isBroken]) => isBroken(terms)).map(([, field, message]) => ({
    field,
    message,
  }));
  if (errors.length === 0) return;
  throw new AppError('REQ_001', { detail: `${errors[0]?.field} ${errors[0]?.message}.`, errors });
}
