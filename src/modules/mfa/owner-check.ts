import { Injectable } from '@nestjs/common';
import { AppError } from '../../kernel/errors/app-error.js';
import { type User, UsersService } from '../users/index.js';
import { MfaAttempts } from './mfa-attempts.js';

/** Asks the owner of a session for the password again, before the second factor changes. */
@Injectable()
export class OwnerCheck {
  constructor(
    private readonly users: UsersService,
    private readonly attempts: MfaAttempts,
  ) {}

  /**
   * The user, if this is the password. Tries are counted like those of codes: a stolen session is no place to guess.
   * @throws AppError AUTH_001 for a wrong password, AUTH_007 after too many
   */
  async confirm(userId: string, passwordPlaintext: string): Promise<User> {
    await this.attempts.reserve(userId);
    const user = await this.users.findByIdAndPassword(userId, passwordPlaintext);
    if (!user) throw new AppError('AUTH_001', { detail: 'The password is wrong.' });
    await this.attempts.release(userId);
    return user;
  }
}
