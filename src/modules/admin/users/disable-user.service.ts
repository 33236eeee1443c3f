import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { SessionsService } from '../../auth/index.js';
import { UserAdministration } from '../../users/index.js';
import type { AdminUserView } from './admin-user.dto.js';
import { AdministrativeActService } from './administrative-act.service.js';

/** Ends all that a user holds: sessions for good, keys and the rest for as long as the user is disabled. */
@Injectable()
export class DisableUserService {
  constructor(
    private readonly acts: AdministrativeActService,
    private readonly users: UserAdministration,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws AppError as {@link AdministrativeActService.perform} */
  disable(caller: Principal, userId: string, reason: string): Promise<z.infer<typeof AdminUserView>> {
    return this.acts.perform({ caller, userId, inPerson: 'for_administrators' }, async (em, user) => {
      await this.users.disable(em, user, reason);
      await this.sessions.endWithin(em, userId, 'all');
    });
  }
}
