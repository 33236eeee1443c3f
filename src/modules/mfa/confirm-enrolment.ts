import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import type { RecoveryCodesView } from './mfa.dto.js';
import { activateFactor, findPendingFactor } from './mfa-factor.repository.js';
import { RecoveryCodes } from './recovery-codes.js';
import { SecondFactor } from './second-factor.js';

/** How long a begun set-up waits for its first code. */
const PENDING_MS = 15 * 60 * 1000;

/** Ends the set-up of a second factor with the first code of the app, and hands out the recovery codes. */
@Injectable()
export class ConfirmEnrolment {
  constructor(
    private readonly database: Database,
    private readonly secondFactor: SecondFactor,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError AUTH_006 for a wrong code, AUTH_007 after too many, REQ_006 if no set-up waits for one */
  async run({ userId }: Principal, code: string): Promise<z.infer<typeof RecoveryCodesView>> {
    const now = new Date(this.clock.now());
    const begunAfter = new Date(now.getTime() - PENDING_MS);
    const factor = await this.database.read((em) => findPendingFactor(em, userId, begunAfter));
    if (!factor) throw nothingBegun();
    const checked = await this.secondFactor.judge(factor, code);
    if (checked.kind !== 'totp') throw new AppError('AUTH_006', { detail: 'The code is wrong.' });
    const codes = await this.database.transaction(async (em) => {
      if (!(await activateFactor(em, factor.id, checked.step, now))) throw nothingBegun();
      this.outbox.record(em, { type: 'mfa.enabled', ownerId: userId, data: { user_id: userId } });
      return this.recoveryCodes.replace(em, factor);
    });
    await this.secondFactor.forgive(userId);
    return { recovery_codes: codes };
  }
}

function nothingBegun(): AppError {
  return new AppError('REQ_006', {
    detail: 'No set-up is waiting for a code; begin one with POST /api/auth/mfa/enable.',
  });
}
