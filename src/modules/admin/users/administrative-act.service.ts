import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { StepUps } from '../../../platform/access/index.js';
import { Database } from '../../../platform/database/index.js';
import { lockUsers, type User } from '../../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';
import { AdminUsersService } from './admin-users.service.js';

/**
 * For whose accounts an act takes an administrator in person, in a login session that has stepped up if it can. What adds
 * to rights or takes a protection away does for everybody's; the rest for those of administrators, so that a key with one
 * permission can neither bring back nor shut out who could stop it.
 */
export type InPerson = 'for_everybody' | 'for_administrators';

/** One thing that an administrator does to somebody. */
export interface Act {
  readonly caller: Principal;
  /** To whom. */
  readonly userId: string;
  readonly inPerson: InPerson;
}

/** What administrators do to accounts, each in one transaction. */
@Injectable()
export class AdministrativeActService {
  constructor(
    private readonly database: Database,
    private readonly stepUps: StepUps,
    private readonly views: AdminUsersService,
  ) {}

  /**
   * Both accounts stay locked until it commits: nobody mints for them or logs them in, and who has been demoted since the
   * request came in does nothing more. Nobody does anything to himself, so that no administrator locks himself out.
   * @returns the account as it is then
   * @throws AppError REQ_005, REQ_006 for oneself, AUTH_009 and AUTH_006 where it takes an administrator in person
   */
  async perform(
    { caller, userId, inPerson }: Act,
    work: (em: EntityManager, user: User) => void | Promise<void>,
  ): Promise<z.infer<typeof AdminUserView>> {
    if (userId === caller.userId) {
      throw new AppError('REQ_006', { detail: 'Another administrator has to do this to you.' });
    }
    return this.database.transaction(async (em) => {
      const accounts = await lockUsers(em, [userId, caller.userId]);
      const user = accounts.get(userId);
      const administrator = accounts.get(caller.userId);
      if (!user) throw new AppError('REQ_005', { detail: 'There is no such user.' });
      if (administrator?.role !== 'admin' || administrator.disabledAt) {
        throw new AppError('AUTH_009', { detail: 'You are no longer an administrator.' });
      }
      if (inPerson === 'for_everybody' || user.role === 'admin') await this.stepUps.assertInPerson(em, caller);
      await work(em, user);
      await em.flush();
      return this.views.view(em, user);
    });
  }
}
