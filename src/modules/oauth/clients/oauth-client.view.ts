import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../../platform/http/index.js';
import type { OAuthClientView } from './oauth-client.dto.js';
import type { OAuthClient } from './oauth-client.entity.js';

/** Shows a client. */
export function viewOAuthClient(client: OAuthClient): z.infer<typeof OAuthClientView> {
  return {
    id: client.id,
    client_id: client.id,
    name: client.name,
    type: client.type,
    redirect_uris: [...client.redirectUris],
    scopes: [...client.scopes],
    grant_types: [...client.grantTypes],
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    access_token_format: client.accessTokenFormat,
    jwks: client.jwks ? { keys: client.jwks.keys.map((key) => ({ ...key })) } : null,
    previous_secret_expires_at: printTimeOrNull(client.previousSecretExpiresAt),
    allowed_ips: client.allowedIps ?? null,
    denied_ips: client.deniedIps ?? null,
    expires_at: printTimeOrNull(client.expiresAt),
    created_at: printTime(client.createdAt),
    minted_by: client.mintedBy ?? null,
  };
}
