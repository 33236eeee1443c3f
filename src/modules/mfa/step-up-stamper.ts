import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { StepUps, type StepUpStamps } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { CodeAttempts } from './code-attempts.js';
import { findActiveFactor } from './mfa-factor.repository.js';
import { MfaStepUp } from './mfa-step-up.entity.js';
import { OwnerCheck } from './owner-check.js';
import { SecondFactor } from './second-factor.js';

/** How long a session counts as stepped up. */
const STEP_UP_MS = 10 * 60 * 1000;

/** Keeps which sessions have shown their second factor in the last ten minutes. */
@Injectable()
export class StepUpStamper implements StepUpStamps {
  constructor(
    private readonly secondFactor: SecondFactor,
    private readonly attempts: CodeAttempts,
    private readonly owner: OwnerCheck,
    stepUps: StepUps,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    stepUps.register(this);
  }

  async isEnrolled(em: EntityManager, userId: string): Promise<boolean> {
    return (await findActiveFactor(em, userId)) !== null;
  }

  async isFresh(em: EntityManager, sessionId: string): Promise<boolean> {
    return (await em.count(MfaStepUp, { sessionId, expiresAt: { $gt: new Date(this.clock.now()) } })) > 0;
  }

  /** Stamps the calling session; faded stamps of the user go. @throws AppError AUTH_006, AUTH_007, REQ_006 if MFA is off */
  async stepUp(caller: Principal, code: string): Promise<void> {
    const now = this.clock.now();
    const entry = await this.attempts.entryOf(caller);
    await this.secondFactor.redeem(entry, code, {
      hold: (em) => this.owner.hold(em, caller),
      work: async (em, factor) => {
        await em.nativeDelete(MfaStepUp, { factor, expiresAt: { $lte: new Date(now) } });
        await em.upsert(MfaStepUp, { sessionId: caller.credentialId, factor, expiresAt: new Date(now + STEP_UP_MS) });
      },
    });
  }
}
