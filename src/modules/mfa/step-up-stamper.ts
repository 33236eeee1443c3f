import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { StepUps, type StepUpStamps } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { CodeAttempts } from './code-attempts.js';
import { MfaStepUp } from './mfa-step-up.entity.js';
import { SecondFactor } from './second-factor.js';

/** How long a session counts as stepped up. */
const STEP_UP_MS = 10 * 60 * 1000;

const IS_FRESH = {
  name: 'is-stepped-up',
  text: 'select 1 from mfa_step_ups where session_id = $1 and expires_at > $2',
};

/** Keeps which sessions have shown their second factor in the last ten minutes. */
@Injectable()
export class StepUpStamper implements StepUpStamps {
  constructor(
    private readonly database: Database,
    private readonly secondFactor: SecondFactor,
    private readonly attempts: CodeAttempts,
    stepUps: StepUps,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    stepUps.register(this);
  }

  async isFresh(sessionId: string): Promise<boolean> {
    const { rowCount } = await this.database.query(IS_FRESH, [sessionId, new Date(this.clock.now())]);
    return rowCount === 1;
  }

  /** Stamps the calling session; faded stamps of the user go. @throws AppError AUTH_006, AUTH_007, REQ_006 if MFA is off */
  async stepUp(caller: Principal, code: string): Promise<void> {
    const now = this.clock.now();
    const entry = await this.attempts.entryOf(caller);
    await this.secondFactor.redeem(entry, code, async (em, factor) => {
      await em.nativeDelete(MfaStepUp, { factor, expiresAt: { $lte: new Date(now) } });
      await em.upsert(MfaStepUp, { sessionId: caller.credentialId, factor, expiresAt: new Date(now + STEP_UP_MS) });
    });
  }
}
