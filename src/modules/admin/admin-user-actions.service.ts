import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { SessionsService } from '../auth/index.js';
import { MfaService } from '../mfa/index.js';
import { type User, UserAdministration } from '../users/index.js';
import type { AdminUserView, RoleChange } from './admin-user.dto.js';
import { AdminUsersService } from './admin-users.service.js';
import { AdministrativeActs, type InPerson } from './administrative-act.js';

type UserView = z.infer<typeof AdminUserView>;

/** What administrators do to users. @throws AppError of every method: as {@link AdministrativeActs.perform} */
@Injectable()
export class AdminUserActionsService {
  constructor(
    private readonly acts: AdministrativeActs,
    private readonly users: UserAdministration,
    private readonly views: AdminUsersService,
    private readonly sessions: SessionsService,
    private readonly mfa: MfaService,
    private readonly trail: AuditTrail,
  ) {}

  lock(caller: Principal, id: string, reason: string): Promise<UserView> {
    return this.change(caller, id, 'for_administrators', (em, user) => this.users.lock(em, user, reason));
  }

  unlock(caller: Principal, id: string, reason?: string): Promise<UserView> {
    return this.change(caller, id, 'for_administrators', (em, user) => this.users.unlock(em, user, reason));
  }

  /** Ends all that the user holds: sessions for good, keys and the rest for as long as the user is disabled. */
  disable(caller: Principal, id: string, reason: string): Promise<UserView> {
    return this.change(caller, id, 'for_administrators', async (em, user) => {
      await this.users.disable(em, user, reason);
      await this.sessions.endWithin(em, id, 'all');
    });
  }

  enable(caller: Principal, id: string, reason?: string): Promise<UserView> {
    return this.change(caller, id, 'for_administrators', (em, user) => this.users.enable(em, user, reason));
  }

  /** Gives and takes roles. An administrator in person holds every permission of every role, a key does not. */
  changeRole(caller: Principal, id: string, { role, reason }: z.infer<typeof RoleChange>): Promise<UserView> {
    return this.change(caller, id, 'for_everybody', (em, user) => this.users.changeRole(em, user, role, reason));
  }

  /** Takes the second factor away from a user who has lost it. */
  resetMfa(caller: Principal, id: string, reason: string): Promise<UserView> {
    return this.change(caller, id, 'for_everybody', async (em) => {
      this.trail.record(em, { type: 'admin.mfa_reset', ownerId: id, data: { user_id: id, reason } });
      await this.mfa.remove(em, id);
    });
  }

  async endSessions(caller: Principal, id: string, reason: string): Promise<void> {
    await this.change(caller, id, 'for_administrators', async (em) => {
      this.trail.record(em, { type: 'admin.sessions_ended', ownerId: id, data: { user_id: id, reason } });
      await this.sessions.endWithin(em, id, 'all');
    });
  }

  private change(
    caller: Principal,
    userId: string,
    inPerson: InPerson,
    work: (em: EntityManager, user: User) => void | Promise<void>,
  ): Promise<UserView> {
    return this.acts.perform({ caller, userId, inPerson }, async (em, user) => {
      await work(em, user);
      await em.flush();
      return this.views.view(em, user);
    });
  }
}
