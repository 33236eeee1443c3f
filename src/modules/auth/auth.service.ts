import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { SecondFactor } from '../mfa/index.js';
import { type LoginUser, Passwords, type ProvenUser, UsersService } from '../users/index.js';
import type { Login, Registration, SessionAnswer } from './auth.dto.js';
import type { LoginOrigin } from './login-origin.js';
import { LoginRefused, type LoginRefusal } from './login-refused.js';
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
        return { user: created, session: this.sessions.start(em, created.id, origin) };
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
  ): Promise<ProvenUser> {
    const user = await this.passwords.verify(email, password, origin);
    if (!user) throw new AppError('AUTH_001');
    return user;
  }

  /**
   * Lets a user in whose password has been proved. All that was true then is asked again under the lock of the account,
   * in the transaction that opens the session. @throws AppError AUTH_001, AUTH_006, AUTH_007
   */
  async enter(proven: ProvenUser, mfaCode: string | undefined, origin: LoginOrigin): Promise<LoggedIn> {
    try {
      if (proven.closure) throw this.refused(proven.closure);
      return await this.secondFactor.admit({ user: proven, place: origin }, mfaCode, {
        hold: (em) => this.hold(em, proven, origin),
        open: (em, user) => this.open(em, user, origin),
      });
    } catch (error) {
      if (error instanceof LoginRefused) await this.noteRefusal(proven.id, error.reason);
      throw error;
    }
  }

  private async hold(em: EntityManager, proven: ProvenUser, origin: LoginOrigin): Promise<LoginUser> {
    const held = await this.users.holdForLogin(em, proven, origin.network);
    if ('refusal' in held) throw this.refused(held.refusal);
    return held.user;
  }

  private async open(em: EntityManager, user: LoginUser, origin: LoginOrigin): Promise<LoggedIn> {
    await this.sessions.endSurplus(em, user.id, this.config.sessionsPerOwner);
    const session = this.sessions.start(em, user.id, origin);
    this.trail.record(em, {
      type: 'login.succeeded',
      ownerId: user.id,
      data: { session_id: session.id },
      actor: { kind: 'session', credentialId: session.id, userId: user.id },
    });
    return { session, answer: this.sessions.answer(session, user) };
  }

  private refused(reason: LoginRefusal): LoginRefused {
    return new LoginRefused(reason, this.config.supportEmail);
  }

  private noteRefusal(ownerId: string, reason: LoginRefusal): Promise<void> {
    return this.trail.note({ type: 'login.refused', ownerId, data: { reason } });
  }
}
