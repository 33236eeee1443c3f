import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { SessionStanding } from '../../platform/access/index.js';
import { Passwords, UsersService } from '../users/index.js';
import type { PasswordChange, UserChanges, UserView } from './auth.dto.js';
import type { LoginOrigin } from './login-origin.js';
import { viewUser } from './session.view.js';
import { SessionsService } from './sessions.service.js';

/** What users do with their own account. */
@Injectable()
export class AccountService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly standing: SessionStanding,
  ) {}

  async me(caller: Principal): Promise<z.infer<typeof UserView>> {
    return viewUser(await this.users.get(caller.userId));
  }

  async update(caller: Principal, changes: z.infer<typeof UserChanges>): Promise<z.infer<typeof UserView>> {
    return viewUser(await this.users.update(caller.userId, changes));
  }

  /**
   * Changes the password; every other session ends with it. A wrong current password counts as a failed login.
   * @throws AppError AUTH_001, AUTH_007, REQ_001 for a bad new password, REQ_006 if another change came first, AUTH_002
   * if the calling session has ended meanwhile
   */
  async changePassword(caller: Principal, input: z.infer<typeof PasswordChange>, origin: LoginOrigin): Promise<void> {
    const { email } = await this.users.get(caller.userId);
    const user = await this.passwords.verify(email, input.current_password, origin);
    if (!user) throw new AppError('AUTH_001', { detail: 'The current password is wrong.' });
    await this.users.changePassword(user, input.new_password, async (em) => {
      await this.standing.assertStands(em, caller);
      await this.sessions.endWithin(em, user.id, { allBut: caller.credentialId });
    });
  }
}
