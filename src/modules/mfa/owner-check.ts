import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { Passwords, type User, UsersService } from '../users/index.js';
import { placeOfSession } from './code-attempts.js';

/** Asks the owner of a session for the password again, before the second factor changes. */
@Injectable()
export class OwnerCheck {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
  ) {}

  /**
   * The user, if this is the password. Tries are counted: a stolen session is no place to guess.
   * @throws AppError AUTH_001 for a wrong password, AUTH_007 after too many
   */
  async confirm(caller: Principal, passwordPlaintext: string): Promise<User> {
    const { email } = await this.users.get(caller.userId);
    const user = await this.passwords.verify(email, passwordPlaintext, placeOfSession(caller));
    if (!user) throw new AppError('AUTH_001', { detail: 'The password is wrong.' });
    return user;
  }
}
