import { defineEntity, p } from '@mikro-orm/core';
import type { Scope } from '../protocol/scopes.js';

const OAuthAccessTokenSchema = defineEntity({
  name: 'OAuthAccessToken',
  tableName: 'oauth_access_tokens',
  properties: {
    /** SHA-256 of the token in base64url; the token itself is stored nowhere. */
    digest: p.string().length(43).primary(),
    clientId: p.uuid(),
    /** Null: the client acts for its owner. */
    authorizationId: p.uuid().nullable(),
    scopes: p.array<Scope>(),
    issuedAt: p.datetime(),
    expiresAt: p.datetime().index(),
  },
});

/** An access token that has not been revoked: revoking one deletes its row. */
export class OAuthAccessToken extends OAuthAccessTokenSchema.class {}
OAuthAccessTokenSchema.setClass(OAuthAccessToken);
export { OAuthAccessTokenSchema };
