import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { UserAdministration } from '../../users/index.js';
import type { AdminUserView, RoleChange } from './admin-user.dto.js';
import { AdministrativeActService } from './administrative-act.service.js';

/** Gives and takes roles. An administrator in person holds every permission of every role, a key does not. */
@Injectable()
export class ChangeUserRoleService {
  constructor(
    private readonly acts: AdministrativeActService,
    private readonly users: UserAdministration,
  ) {}

  /** @throws AppError as {@link AdministrativeActService.perform} */
  change(
    caller: Principal,
    userId: string,
    { role, reason }: z.infer<typeof RoleChange>,
  ): Promise<z.infer<typeof AdminUserView>> {
    return this.acts.perform({ caller, userId, inPerson: 'for_everybody' }, (em, user) =>
      this.users.changeRole(em, user, role, reason),
    );
  }
}
