import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { checkCode } from './check-code.js';
import { CodeAttempts, type TryOutcome } from './code-attempts.js';
import { FactorSecrets } from './factor-secrets.js';
import type { RecoveryCodesView } from './mfa.dto.js';
import type { MfaFactor } from './mfa-factor.entity.js';
import { activateFactor, findPendingFactor } from './mfa-factor.repository.js';
import { OwnerCheck } from './owner-check.js';
import { RecoveryCodes } from './recovery-codes.js';

/** How long a begun set-up waits for its first code, in milliseconds. */
export const ENROLMENT_MS = 15 * 60 * 1000;

/** Ends the set-up of a second factor with the first code of the app, and hands out the recovery codes. */
@Injectable()
export class ConfirmEnrolment {
  constructor(
    private readonly database: Database,
    private readonly secrets: FactorSecrets,
    private readonly attempts: CodeAttempts,
    private readonly owner: OwnerCheck,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError AUTH_006 for a wrong code, AUTH_007 after too many, REQ_006 if no set-up waits for one */
  async run(caller: Principal, code: string): Promise<z.infer<typeof RecoveryCodesView>> {
    const now = this.clock.now();
    const begunAfter = new Date(now - ENROLMENT_MS);
    const factor = await this.database.read((em) => findPendingFactor(em, caller.userId, begunAfter));
    const secret = factor && this.secrets.find(factor);
    // what does not open is as good as not begun: the set-up that is begun anew replaces it
    if (!factor || secret === null) throw nothingBegun();
    const codes = await this.attempts.make(
      await this.attempts.entryOf(caller),
      async (): Promise<TryOutcome<string[]>> => {
        const checked = checkCode(secret, code, now);
        if (checked?.kind !== 'totp') return { refusal: 'The code is wrong.' };
        return { value: await this.activate(caller, factor, checked.step, new Date(now)) };
      },
    );
    return { recovery_codes: codes };
  }

  private activate(caller: Principal, factor: MfaFactor, step: number, now: Date): Promise<string[]> {
    const { userId } = caller;
    return this.database.transaction(async (em) => {
      // a login without a code is over by then, or finds the factor
      await this.owner.hold(em, caller);
      if (!(await activateFactor(em, factor.id, step, now))) throw nothingBegun();
      this.outbox.record(em, { type: 'mfa.enabled', ownerId: userId, data: { user_id: userId } });
      return this.recoveryCodes.replace(em, factor);
    });
  }
}

function nothingBegun(): AppError {
  return new AppError('REQ_006', {
    detail: 'No set-up is waiting for a code; begin one with POST /api/auth/mfa/enable.',
  });
}
