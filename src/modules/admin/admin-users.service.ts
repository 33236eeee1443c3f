import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import { Database } from '../../platform/database/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { MfaService } from '../mfa/index.js';
import { User, UserAdministration, type UserFilter } from '../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';
import { viewAdminUser } from './admin-user.view.js';

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
    return this.database.read(async (em) => {
      const user = await em.findOne(User, { id });
      if (!user) throw new AppError('REQ_005', { detail: 'There is no such user.' });
      return this.view(em, user);
    });
  }

  /** Shows a user in the midst of a change. */
  async view(em: EntityManager, user: User): Promise<UserView> {
    return viewAdminUser(user, (await this.mfa.enabledAmong(em, [user.id])).has(user.id));
  }
}
