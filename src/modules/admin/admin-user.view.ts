import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../platform/http/index.js';
import type { User } from '../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';

/** Shows a user to an administrator. */
export function viewAdminUser(user: User, hasMfa: boolean): z.infer<typeof AdminUserView> {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    status: statusOf(user),
    email_verified: user.emailVerified,
    mfa_enabled: hasMfa,
    created_at: printTime(user.createdAt),
    locked_at: printTimeOrNull(user.lockedAt),
    disabled_at: printTimeOrNull(user.disabledAt),
  };
}

function statusOf({ disabledAt, lockedAt }: User): 'active' | 'locked' | 'disabled' {
  if (disabledAt) return 'disabled';
  return lockedAt ? 'locked' : 'active';
}
