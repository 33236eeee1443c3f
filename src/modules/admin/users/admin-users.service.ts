import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { Database } from '../../../platform/database/index.js';
import { printTime, printTimeOrNull } from '../../../platform/http/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import { MfaService } from '../../mfa/index.js';
import { getUser, type User, UserAdministration, type UserFilter } from '../../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';

type UserView = z.infer<typeof AdminUserView>;

/** Users, as administrators see them. */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UserAdministration,
    private readonly mfa: MfaService,
  ) {}

  list(filter: UserFilter): Promise<Page<UserView>> {
    return this.database.read(async (em) => {
      const rows = await this.users.list(em, filter);
      const withMfa = await this.mfa.enabledAmong(
        em,
        rows.map(({ id }) => id),
      );
      return toPage(rows, filter.limit, (row) => viewAdminUser(row, withMfa.has(row.id)));
    });
  }

  /** @throws AppError REQ_005 */
  get(id: string): Promise<UserView> {
    return this.database.read(async (em) => this.view(em, await getUser(em, id)));
  }

  /** Shows a user in the midst of a change. */
  async view(em: EntityManager, user: User): Promise<UserView> {
    return viewAdminUser(user, (await this.mfa.enabledAmong(em, [user.id])).has(user.id));
  }
}

/** Shows a user to an administrator. */
function viewAdminUser(user: User, hasMfa: boolean): UserView {
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
