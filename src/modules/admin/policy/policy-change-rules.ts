import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { isLooser, type Policy, StepUps } from '../../../platform/access/index.js';
import { MfaService } from '../../mfa/index.js';

/** Who may change the policy to what. */
@Injectable()
export class PolicyChangeRules {
  constructor(
    private readonly mfa: MfaService,
    private readonly stepUps: StepUps,
  ) {}

  /** Whether the caller stays an administrator under a change. @throws AppError REQ_006 if not */
  async assertNotShutOut(em: EntityManager, { userId }: Principal, changes: Partial<Policy>): Promise<void> {
    if (!changes.administratorsNeedMfa || (await this.mfa.enabledAmong(em, [userId])).has(userId)) return;
    throw new AppError('REQ_006', { detail: 'Enable MFA for yourself before you demand it of administrators.' });
  }

  /** To demand less takes an administrator in person. @throws AppError AUTH_009, AUTH_006 */
  async assertMayLoosen(em: EntityManager, caller: Principal, before: Policy, after: Policy): Promise<void> {
    if (isLooser(after, before)) await this.stepUps.assertInPerson(em, caller);
  }
}
