import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { UserAdministration } from '../../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';
import { AdministrativeActService } from './administrative-act.service.js';

/** Takes back every lock of an account, and its failed logins. */
@Injectable()
export class UnlockUserService {
  constructor(
    private readonly acts: AdministrativeActService,
    private readonly users: UserAdministration,
  ) {}

  /** @throws AppError as {@link AdministrativeActService.perform} */
  unlock(caller: Principal, userId: string, reason?: string): Promise<z.infer<typeof AdminUserView>> {
    return this.acts.perform({ caller, userId, inPerson: 'for_administrators' }, (em, user) =>
      this.users.unlock(em, user, reason),
    );
  }
}
