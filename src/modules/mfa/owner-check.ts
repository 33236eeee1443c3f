import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { SessionStanding } from '../../platform/access/index.js';
import { isStillProven, lockUser, Passwords, type ProvenUser, UsersService } from '../users/index.js';
import { placeOfSession } from './code-attempts.js';

/** Asks the owner of a session for the password again before the second factor changes, and holds the account meanwhile. */
@Injectable()
export class OwnerCheck {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionStanding,
  ) {}

  /**
   * The user, if this is the password. Tries are counted: a stolen session is no place to guess.
   * @throws AppError AUTH_001 for a wrong password, AUTH_007 after too many
   */
  async confirm(caller: Principal, passwordPlaintext: string): Promise<ProvenUser> {
    const { email } = await this.users.get(caller.userId);
    const user = await this.passwords.verify(email, passwordPlaintext, placeOfSession(caller));
    if (!user) throw new AppError('AUTH_001', { detail: 'The password is wrong.' });
    return user;
  }

  /**
   * Locks the account until the transaction ends, and makes sure that it is open to the calling session still: a login
   * under way waits, and so do those who end the session. @throws AppError AUTH_002 if the session has ended meanwhile
   */
  async hold(em: EntityManager, caller: Principal): Promise<void> {
    if ((await lockUser(em, caller.userId)) === null) throw new AppError('AUTH_002');
    await this.sessions.assertStands(em, caller);
  }

  /** The same after {@link confirm}. @throws AppError AUTH_002, AUTH_001 if the password has been changed meanwhile */
  async holdConfirmed(em: EntityManager, caller: Principal, user: ProvenUser): Promise<void> {
    await this.hold(em, caller);
    if (await isStillProven(em, user)) return;
    throw new AppError('AUTH_001', { detail: 'The password has just been changed elsewhere.' });
  }
}
