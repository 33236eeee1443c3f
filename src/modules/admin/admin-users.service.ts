import { Injectable } from '@nestjs/common';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Role } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { Database } from '../../platform/database/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { KeyAdministration } from '../api-keys/index.js';
import { SessionsService } from '../auth/index.js';
import { MfaService } from '../mfa/index.js';
import { User, UserAdministration, type UserFilter } from '../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';
import { viewAdminUser } from './admin-user.view.js';

type UserView = z.infer<typeof AdminUserView>;

/** Administration of users. Nobody does these things to himself, so that an administrator cannot lock himself out. */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UserAdministration,
    private readonly sessions: SessionsService,
    private readonly mfa: MfaService,
    private readonly keys: KeyAdministration,
    private readonly trail: AuditTrail,
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

  lock(caller: Principal, id: string, reason: string): Promise<UserView> {
    return this.change(caller, id, (em, user) => this.users.lock(em, user, reason));
  }

  unlock(caller: Principal, id: string): Promise<UserView> {
    return this.change(caller, id, (em, user) => this.users.unlock(em, user));
  }

  /** Ends all that the user holds: sessions for good, keys and the rest for as long as the user is disabled. */
  disable(caller: Principal, id: string, reason: string): Promise<UserView> {
    return this.change(caller, id, async (em, user) => {
      await this.users.disable(em, user, reason);
      await this.sessions.endWithin(em, id, 'all');
    });
  }

  enable(caller: Principal, id: string): Promise<UserView> {
    return this.change(caller, id, (em, user) => this.users.enable(em, user));
  }

  changeRole(caller: Principal, id: string, role: Role): Promise<UserView> {
    return this.change(caller, id, (em, user) => this.users.changeRole(em, user, role));
  }

  /** Takes the second factor away from a user who has lost it. */
  resetMfa(caller: Principal, id: string, reason: string): Promise<UserView> {
    return this.change(caller, id, async (em) => {
      this.trail.record(em, { type: 'admin.mfa_reset', ownerId: id, data: { user_id: id, reason } });
      await this.mfa.remove(em, id);
    });
  }

  async endSessions(caller: Principal, id: string, reason: string): Promise<void> {
    await this.change(caller, id, async (em) => {
      this.trail.record(em, { type: 'admin.sessions_ended', ownerId: id, data: { user_id: id, reason } });
      await this.sessions.endWithin(em, id, 'all');
    });
  }

  /** @returns how many keys it has ended */
  revokeKeys(id: string, reason: string): Promise<number> {
    return this.database.transaction(async (em) => {
      await lockUser(em, id);
      return this.keys.revokeAllOf(em, id, reason);
    });
  }

  private change(
    caller: Principal,
    id: string,
    work: (em: EntityManager, user: User) => void | Promise<void>,
  ): Promise<UserView> {
    if (id === caller.userId) throw new AppError('REQ_006', { detail: 'Another administrator has to do this to you.' });
    return this.database.transaction(async (em) => {
      const user = await lockUser(em, id);
      await work(em, user);
      await em.flush();
      return this.view(em, user);
    });
  }

  private async view(em: EntityManager, user: User): Promise<UserView> {
    return viewAdminUser(user, (await this.mfa.enabledAmong(em, [user.id])).has(user.id));
  }
}

function getUser(em: EntityManager, id: string): Promise<User> {
  return found(em.findOne(User, { id }));
}

/** The same, with nobody minting for the user or logging it in until the transaction ends. */
function lockUser(em: EntityManager, id: string): Promise<User> {
  return found(em.findOne(User, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }));
}

async function found(search: Promise<User | null>): Promise<User> {
  const user = await search;
  if (!user) throw new AppError('REQ_005', { detail: 'There is no such user.' });
  return user;
}
