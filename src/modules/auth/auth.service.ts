import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { SecondFactor } from '../mfa/index.js';
import { Passwords, type User, UsersService } from '../users/index.js';
import type { Login, Registration, SessionAnswer } from './auth.dto.js';
import type { LoginOrigin } from './login-origin.js';
import type { Session } from './session.entity.js';
import { SessionsService } from './sessions.service.js';

/** A login that has succeeded. */
export interface LoggedIn {
  readonly session: Session;
  readonly answer: SessionAnswer;
}

/** Registration and login. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactor,
    private readonly trail: AuditTrail,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Makes an account and logs it in. @throws AppError REQ_006 if the e-mail address is taken, REQ_001 */
  async register(input: z.infer<typeof Registration>, origin: LoginOrigin): Promise<SessionAnswer> {
    const { email, name, password } = input;
    const { user, session } = await this.users.register(
      { email, name, passwordPlaintext: password },
      async (em, created) => {
        await this.users.rememberNetwork(em, created, origin.network);
        return { user: created, session: this.sessions.start(em, created, origin) };
      },
    );
    return this.sessions.answer(session, user);
  }

  /**
   * Logs a user in: the place is not locked out, the password is right, the account is enabled, and so is the code of
   * the second factor if there is one.
   * @throws AppError AUTH_001, the same for a wrong password and an unknown address; AUTH_006, AUTH_007, REQ_008
   */
  async login(input: z.infer<typeof Login>, origin: LoginOrigin): Promise<LoggedIn> {
    return this.enter(await this.identify(input, origin), input.mfa_code, origin);
  }

  /** Whose password it is. @throws AppError AUTH_001, AUTH_007 while the place is locked out, REQ_008 */
  async identify(
    { email, password }: Pick<z.infer<typeof Login>, 'email' | 'password'>,
    origin: LoginOrigin,
  ): Promise<User> {
    const user = await this.passwords.verify(email, password, origin);
    if (!user) throw new AppError('AUTH_001');
    return user;
  }

  /** Lets a user in whose password has been proved. @throws AppError AUTH_006, AUTH_007 */
  async enter(user: User, mfaCode: string | undefined, origin: LoginOrigin): Promise<LoggedIn> {
    await this.assertEnabled(user);
    const session = await this.secondFactor.admit({ user, place: origin }, mfaCode, async (em) => {
      // whoever disables the account waits for this session, to end it with the others
      if (!(await this.users.holdForLogin(em, user, origin.network))) throw this.closed('disabled');
      const opened = this.sessions.start(em, user, origin);
      this.recordLogin(em, user, opened);
      return opened;
    });
    return { session, answer: this.sessions.answer(session, user) };
  }

  /** Told only to whoever knows the password; unlike a lock it does not end by itself, so there is no Retry-After. */
  private async assertEnabled(user: User): Promise<void> {
    if (!user.disabledAt && !user.lockedAt) return;
    const what = user.disabledAt ? 'disabled' : 'locked';
    await this.trail.note({ type: 'login.refused', ownerId: user.id, data: { reason: what } });
    throw this.closed(what);
  }

  private closed(what: 'disabled' | 'locked'): AppError {
    return new AppError('AUTH_007', {
      detail: `An administrator has ${what} this account; write to ${this.config.supportEmail}.`,
    });
  }

  private recordLogin(em: EntityManager, user: User, session: Session): void {
    this.trail.record(em, {
      type: 'login.succeeded',
      ownerId: user.id,
      data: { session_id: session.id },
      actor: { kind: 'session', credentialId: session.id, userId: user.id },
    });
  }
}
