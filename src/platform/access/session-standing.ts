import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';

/** Whether a user's login session is alive at this moment, in the transaction of the caller. */
export type SessionCheck = (em: EntityManager, userId: string, sessionId: string) => Promise<boolean>;

/**
 * Asks again, in the transaction that acts and under the lock of the account, whether the calling session still lives: it
 * may have ended since the request came in. The module of the sessions brings the answer.
 */
@Injectable()
export class SessionStanding {
  private isAlive: SessionCheck = () => Promise.resolve(false);

  register(check: SessionCheck): void {
    this.isAlive = check;
  }

  /** @throws AppError AUTH_002 if the caller is a session that has ended; any other credential is not judged here */
  async assertStands(em: EntityManager, caller: Principal): Promise<void> {
    if (caller.kind !== 'session' || (await this.isAlive(em, caller.userId, caller.credentialId))) return;
    throw new AppError('AUTH_002', { detail: 'This session has ended meanwhile.' });
  }
}
