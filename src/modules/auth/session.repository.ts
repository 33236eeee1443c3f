import type { EntityManager } from '@mikro-orm/postgresql';
import { Session } from './session.entity.js';

/** A user's session with its user, unless it has ended or the user is disabled. */
export function findLiveSession(
  em: EntityManager,
  userId: string,
  sessionId: string,
  now: Date,
): Promise<Session | null> {
  return em.findOne(
    Session,
    { user: { id: userId, disabledAt: null }, id: sessionId, revokedAt: null, expiresAt: { $gt: now } },
    { populate: ['user'] },
  );
}
