import type { z } from 'zod';
import { printTime } from '../../platform/http/index.js';
import type { User } from '../users/index.js';
import type { LoginSessionView, UserView } from './auth.dto.js';
import type { Session } from './session.entity.js';

/** Shows a user. */
export function viewUser(
  user: Pick<User, 'id' | 'email' | 'name' | 'emailVerified' | 'createdAt'>,
): z.infer<typeof UserView> {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    email_verified: user.emailVerified,
    created_at: printTime(user.createdAt),
  };
}

/** Shows a session to its user, who calls with the session `currentId`. */
export function viewLoginSession(session: Session, currentId: string): z.infer<typeof LoginSessionView> {
  return {
    id: session.id,
    created_at: printTime(session.createdAt),
    last_seen_at: printTime(session.lastSeenAt),
    expires_at: printTime(session.refreshExpiresAt),
    ip: session.ip ?? null,
    user_agent: session.userAgent ?? null,
    current: session.id === currentId,
  };
}
