import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../../users/index.js';
import { OAuthClient } from '../clients/oauth-client.entity.js';
import type { Scope } from '../protocol/scopes.js';

const OAuthGrantSchema = defineEntity({
  name: 'OAuthGrant',
  tableName: 'oauth_grants',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(User).deleteRule('cascade'),
    client: () => p.manyToOne(OAuthClient).deleteRule('cascade').index(),
    /** All that the user has consented to so far. */
    scopes: p.array<Scope>(),
    createdAt: p.datetime(),
    /** When the user was asked last. */
    consentedAt: p.datetime(),
    revokedAt: p.datetime().nullable().index(),
  },
  uniques: [{ name: 'oauth_grants_live_unique', properties: ['user', 'client'], where: 'revoked_at is null' }],
});

/** What a user lets a client do; a user and a client have one that is alive. */
export class OAuthGrant extends OAuthGrantSchema.class {}
OAuthGrantSchema.setClass(OAuthGrant);
export { OAuthGrantSchema };
