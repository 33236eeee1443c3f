import { Injectable } from '@nestjs/common';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { StepUps } from '../../platform/access/index.js';
import { Database } from '../../platform/database/index.js';
import { User } from '../users/index.js';

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
export class AdministrativeActs {
  constructor(
    private readonly database: Database,
    private readonly stepUps: StepUps,
  ) {}

  /**
   * Both accounts stay locked until it commits: nobody mints for them or logs them in, and who has been demoted since the
   * request came in does nothing more. Nobody does anything to himself, so that no administrator locks himself out.
   * @throws AppError REQ_005, REQ_006 for oneself, AUTH_009 and AUTH_006 where it takes an administrator in person
   */
  async perform<T>(
    { caller, userId, inPerson }: Act,
    work: (em: EntityManager, user: User) => T | Promise<T>,
  ): Promise<T> {
    if (userId === caller.userId) {
      throw new AppError('REQ_006', { detail: 'Another administrator has to do this to you.' });
    }
    return this.database.transaction(async (em) => {
      const { user, administrator } = await lockBoth(em, userId, caller.userId);
      if (!user) throw new AppError('REQ_005', { detail: 'There is no such user.' });
      if (administrator?.role !== 'admin' || administrator.disabledAt) {
        throw new AppError('AUTH_009', { detail: 'You are no longer an administrator.' });
      }
      if (inPerson === 'for_everybody' || user.role === 'admin') await this.stepUps.assertInPerson(em, caller);
      return work(em, user);
    });
  }
}

/** In the order of their ids, so that two who act on each other do not wait for each other in a circle. */
async function lockBoth(em: EntityManager, userId: string, administratorId: string) {
  const lock = { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE } as const;
  const users = await em.find(User, { id: { $in: [userId, administratorId] } }, lock);
  const find = (id: string): User | undefined => users.find((user) => user.id === id);
  return { user: find(userId), administrator: find(administratorId) };
}
