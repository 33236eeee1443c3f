import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../../users/index.js';
import type { Scope } from '../protocol/scopes.js';

/** Whether a client can keep a secret (RFC 6749 §2.1). */
export const CLIENT_TYPES = ['confidential', 'public'] as const;
export type ClientType = (typeof CLIENT_TYPES)[number];

/** How clients prove who they are (RFC 7591 §2, OpenID Connect Core §9). */
export const CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** The grants that a client can be registered for. */
export const CLIENT_GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
export type ClientGrantType = (typeof CLIENT_GRANT_TYPES)[number];

/** What access tokens look like: a random text, or a JWT (RFC 9068) that resource servers can read themselves. */
export const ACCESS_TOKEN_FORMATS = ['opaque', 'jwt'] as const;
export type AccessTokenFormat = (typeof ACCESS_TOKEN_FORMATS)[number];

/** A public key as it was uploaded. */
export type PublicJwk = Readonly<Record<string, unknown>>;

const OAuthClientSchema = defineEntity({
  name: 'OAuthClient',
  tableName: 'oauth_clients',
  properties: {
    id: p.uuid().primary(),
    owner: () => p.manyToOne(User).deleteRule('cascade').index(),
    name: p.string().length(100),
    type: p.string().length(12).$type<ClientType>(),
    tokenEndpointAuthMethod: p.string().length(19).$type<ClientAuthMethod>(),
    redirectUris: p.array(),
    grantTypes: p.array<ClientGrantType>(),
    scopes: p.array<Scope>(),
    accessTokenFormat: p.string().length(6).$type<AccessTokenFormat>(),
    /** The keys that assertions are signed with; null: it authenticates otherwise. */
    jwks: p.json<{ keys: PublicJwk[] }>().nullable(),
    /** SHA-256 of the secret in base64url; null: it has none. */
    secretDigest: p.string().length(43).nullable().hidden(),
    /** The secret before it, until it ends. */
    previousSecretDigest: p.string().length(43).nullable().hidden(),
    previousSecretExpiresAt: p.datetime().nullable(),
    /** Inherited from the credential that created it; null: from anywhere. */
    allowedIps: p.array().nullable(),
    deniedIps: p.array().nullable(),
    /** Inherited too: it does not outlive the credential that created it. */
    expiresAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    deletedAt: p.datetime().nullable().index(),
    /** The key, service account or authorization that created it; null: a login session did. */
    mintedBy: p.uuid().nullable().index(),
  },
});

/** An application that acts for users, with their consent, or for its owner. */
export class OAuthClient extends OAuthClientSchema.class {}
OAuthClientSchema.setClass(OAuthClient);
export { OAuthClientSchema };
