import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { checkCode } from './check-code.js';
import { type CodeEntry, CodeAttempts, type TryOutcome } from './code-attempts.js';
import { FactorSecrets } from './factor-secrets.js';
import { findActiveFactor, spendCode } from './mfa-factor.repository.js';
import type { MfaFactor } from './mfa-factor.entity.js';

const MISSING = 'Send a code of the second factor in mfa_code.';
const WRONG = 'The code is wrong.';
const USED = {
  totp: 'The code was used before; wait for the next one.',
  recovery: 'The code is wrong or was used before.',
};

/** What a code of a second factor allows; runs in the transaction in which the code is used up. */
type Work<T> = (em: EntityManager, factorId: string) => Promise<T>;

/** Judges the codes of active second factors, those of the authenticator app and recovery codes, and uses them up. */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly database: Database,
    private readonly secrets: FactorSecrets,
    private readonly attempts: CodeAttempts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Lets a login in: at once if the user has no second factor, else for a code, which is used up in the same
   * transaction. @throws AppError AUTH_006 if the code is missing, wrong or used, AUTH_007 after too many
   */
  async admit<T>(entry: CodeEntry, code: string | undefined, work: (em: EntityManager) => Promise<T>): Promise<T> {
    const factor = await this.find(entry.user.id);
    if (!factor) return this.database.transaction(work);
    if (code === undefined) throw new AppError('AUTH_006', { detail: MISSING });
    return this.spend(factor, entry, code, work);
  }

  /**
   * Does what needs a code of a user who must have a second factor.
   * @throws AppError REQ_006 without one, AUTH_006 if the code is wrong or used, AUTH_007 after too many
   */
  async redeem<T>(entry: CodeEntry, code: string, work: Work<T>): Promise<T> {
    const factor = await this.find(entry.user.id);
    if (!factor) throw new AppError('REQ_006', { detail: 'Two-factor authentication is not enabled.' });
    return this.spend(factor, entry, code, work);
  }

  private find(userId: string): Promise<MfaFactor | null> {
    return this.database.read((em) => findActiveFactor(em, userId));
  }

  private spend<T>(factor: MfaFactor, entry: CodeEntry, code: string, work: Work<T>): Promise<T> {
    const now = this.clock.now();
    return this.attempts.make(entry, async (): Promise<TryOutcome<T>> => {
      const checked = checkCode(this.secrets.open(factor), code, now);
      if (!checked) return { refusal: WRONG };
      return this.database.transaction(async (em): Promise<TryOutcome<T>> => {
        const isSpent = await spendCode(em, factor.id, checked, new Date(now));
        return isSpent ? { value: await work(em, factor.id) } : { refusal: USED[checked.kind] };
      });
    });
  }
}
