import { defineEntity, p } from '@mikro-orm/core';
import { OAuthGrant } from '../consent/oauth-grant.entity.js';
import type { Scope } from '../protocol/scopes.js';

const OAuthAuthorizationSchema = defineEntity({
  name: 'OAuthAuthorization',
  tableName: 'oauth_authorizations',
  properties: {
    id: p.uuid().primary(),
    grant: () => p.manyToOne(OAuthGrant).deleteRule('cascade').index(),
    scopes: p.array<Scope>(),
    /** SHA-256 of the code in base64url, and what the code is bound to. */
    codeDigest: p.string().length(43).unique(),
    codeExpiresAt: p.datetime(),
    redirectUri: p.string().length(2048),
    /** S256 (RFC 7636 §4.2); null: the client sent none. */
    codeChallenge: p.string().length(43).nullable(),
    nonce: p.string().length(512).nullable(),
    /** When the user logged in. */
    authenticatedAt: p.datetime(),
    redeemedAt: p.datetime().nullable(),
    /** What all refresh tokens of this authorization begin with, as a digest; null: there are none. */
    familyDigest: p.string().length(43).nullable().unique(),
    /** The one refresh token that is valid now. */
    refreshDigest: p.string().length(43).nullable(),
    /** The one before it and when it was spent: it may be presented again for a short while. */
    parentDigest: p.string().length(43).nullable(),
    parentSpentAt: p.datetime().nullable(),
    refreshExpiresAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    /** When nothing that came of it can be alive any more. */
    keptUntil: p.datetime().index(),
  },
});

/** One passage through the authorization page: its code, and then the family of tokens that the code was redeemed for. */
export class OAuthAuthorization extends OAuthAuthorizationSchema.class {}
OAuthAuthorizationSchema.setClass(OAuthAuthorization);
export { OAuthAuthorizationSchema };
