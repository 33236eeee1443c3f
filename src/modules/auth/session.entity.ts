import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../users/index.js';

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(User).deleteRule('cascade').index(),
    createdAt: p.datetime(),
    lastSeenAt: p.datetime(),
    ip: p.string().length(45).nullable(),
    userAgent: p.string().length(256).nullable(),
    /** The end that no refresh can move. */
    expiresAt: p.datetime(),
    /** The claims of the one refresh token that is valid now; the token itself is signed anew from them. */
    refreshJti: p.uuid(),
    refreshIssuedAt: p.datetime(),
    refreshExpiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
  },
});

/** A login, from its password to its logout. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);
export { SessionSchema };
