import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { currentContext } from '../context/index.js';
import { AccessPolicies } from './access-policies.js';

/** Knows which users have a second factor, and which sessions have lately shown it. */
export interface StepUpStamps {
  isEnrolled(em: EntityManager, userId: string): Promise<boolean>;
  isFresh(em: EntityManager, sessionId: string): Promise<boolean>;
}

const NO_STAMPS: StepUpStamps = {
  isEnrolled: () => Promise.resolve(false),
  isFresh: () => Promise.resolve(false),
};

/**
 * Joins what is demanded of a session with what it has shown; the module of the factors brings the stamps. Everything is
 * read each time, in the transaction of the act: a policy holds at once, everywhere.
 */
@Injectable()
export class StepUps {
  private stamps = NO_STAMPS;

  constructor(private readonly policies: AccessPolicies) {}

  register(stamps: StepUpStamps): void {
    this.stamps = stamps;
  }

  /** Whether this session has to show its second factor before it mints. */
  async isDue(em: EntityManager, sessionId: string): Promise<boolean> {
    const { stepUpBeforeMinting } = await this.policies.current(em);
    return stepUpBeforeMinting && !(await this.stamps.isFresh(em, sessionId));
  }

  /**
   * For whatever mints. Other credentials than sessions pass: one that may mint was itself minted by a session that had
   * to step up. @throws AppError AUTH_006 from a session that has to show its second factor first
   */
  async assertMayMint(em: EntityManager, caller: Principal): Promise<void> {
    if (caller.kind === 'session' && (await this.isDue(em, caller.credentialId))) throw stepUpNeeded();
  }

  /**
   * For what no credential does that lies about on a server: it takes somebody who is there. Whatever the policy says, a
   * user who has a second factor has shown it lately.
   * @throws AppError AUTH_009 from another credential than a login session, AUTH_006 from one that has to step up first
   */
  async assertInPerson(em: EntityManager, caller: Principal): Promise<void> {
    if (caller.kind !== 'session') {
      throw new AppError('AUTH_009', { detail: 'Only a login session may do this: no key, service account or token.' });
    }
    if (!(await this.stamps.isEnrolled(em, caller.userId))) return;
    if (!(await this.stamps.isFresh(em, caller.credentialId))) throw stepUpNeeded();
  }
}

function stepUpNeeded(): AppError {
  const context = currentContext();
  if (context) context.check = 'step_up';
  return new AppError('AUTH_006', {
    detail: 'This operation needs a fresh second factor: send a code to POST /api/auth/mfa/step-up first.',
  });
}
