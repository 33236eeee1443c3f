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
    /** Which JWT secret signs it, so that every process signs the same token while secrets rotate. */
    refreshSecretId: p.string().length(8),
    refreshIssuedAt: p.datetime(),
    refreshExpiresAt: p.datetime(),
    /**
     * The midnight (UTC) after that. An index on the time itself would be written by every refresh, and would keep
     * PostgreSQL from a new version in the same page (HOT); the midnight changes once a day.
     */
    refreshOverBy: p
      .datetime()
      .generated(
        // spelled as PostgreSQL prints it, to be found equal to what the migration made
        `((date_trunc('day'::text, (refresh_expires_at AT TIME ZONE 'UTC'::text)) + '1 day'::interval) AT TIME ZONE 'UTC'::text) stored`,
      )
      .nullable()
      .index(),
    /** The token before it and when it was spent: it may be presented again for a short while. */
    parentJti: p.uuid().nullable(),
    parentSpentAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
  // the live sessions of a user are few among those that have ended
  indexes: [{ name: 'sessions_live_index', properties: ['user', 'id'], where: 'revoked_at is null' }],
});

/** A login, from its password to its logout. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);
export { SessionSchema };
