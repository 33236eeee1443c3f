import { AppError } from '../../kernel/errors/app-error.js';
import type { Closure } from '../users/index.js';

/** Why the right password opens no session. */
export type LoginRefusal = Closure | 'password_changed';

/**
 * A login that is refused to somebody who has shown the right password: an administrator has closed the account (AUTH_007;
 * that does not end by itself, so there is no Retry-After), or the password is another one by now (AUTH_001).
 */
export class LoginRefused extends AppError {
  constructor(
    readonly reason: LoginRefusal,
    supportEmail: string,
  ) {
    if (reason === 'password_changed') super('AUTH_001');
    else super('AUTH_007', { detail: `An administrator has ${reason} this account; write to ${supportEmail}.` });
  }
}
