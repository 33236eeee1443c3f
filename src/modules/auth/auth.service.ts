import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import { Database } from '../../platform/database/index.js';
import { refuseOverLimit } from '../../platform/limits/index.js';
import { SecondFactor } from '../mfa/index.js';
import { UsersService } from '../users/index.js';
import type { Login, Registration, SessionAnswer } from './auth.dto.js';
import type { Session } from './session.entity.js';
import { type SessionOrigin, SessionsService } from './sessions.service.js';

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
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactor,
    private readonly database: Database,
  ) {}

  /** Makes an account and logs it in. @throws AppError REQ_006 if the e-mail address is taken */
  async register(input: z.infer<typeof Registration>, origin: SessionOrigin): Promise<SessionAnswer> {
    const { email, name, password } = input;
    const { user, session } = await this.users.register(
      { email, name, passwordPlaintext: password },
      (em, created) => ({
        user: created,
        session: this.sessions.start(em, created, origin),
      }),
    );
    return this.sessions.answer(session, user);
  }

  /**
   * Logs a user in: a right password, an enabled account, and the code of the second factor if there is one.
   * @throws AppError AUTH_001 (the same for a wrong password and an unknown address), AUTH_006, AUTH_007, REQ_008
   */
  async login(input: z.infer<typeof Login>, origin: SessionOrigin): Promise<LoggedIn> {
    refuseOverLimit();
    const user = await this.users.findByPassword(input.email, input.password);
    if (!user) throw new AppError('AUTH_001');
    if (user.disabledAt) throw new AppError('AUTH_007');
    const code = await this.secondFactor.checkLogin(user.id, input.mfa_code);
    const session = await this.database.transaction(async (em) => {
      if (code) await this.secondFactor.spend(em, code);
      return this.sessions.start(em, user, origin);
    });
    if (code) await this.secondFactor.forgive(user.id);
    return { session, answer: this.sessions.answer(session, user) };
  }
}
