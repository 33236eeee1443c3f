import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { UserAdministration } from '../../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';
import { AdministrativeActService } from './administrative-act.service.js';

/** Lets a disabled user in again. */
@Injectable()
export class EnableUserService {
  constructor(
    private readonly acts: AdministrativeActService,
    private readonly users: UserAdministration,
  ) {}

  /** @throws AppError as {@link AdministrativeActService.perform} */
  enable(caller: Principal, userId: string, reason?: string): Promise<z.infer<typeof AdminUserView>> {
    return this.acts.perform({ caller, userId, inPerson: 'for_administrators' }, (em, user) =>
      this.users.enable(em, user, reason),
    );
  }
}
