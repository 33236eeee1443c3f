import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { FactorSecrets } from './factor-secrets.js';
import { MfaAttempts } from './mfa-attempts.js';
import type { MfaFactor } from './mfa-factor.entity.js';
import { findActiveFactor, spendRecoveryCode, spendStep } from './mfa-factor.repository.js';
import { normaliseRecoveryCode, recoveryCodeDigest } from './recovery-code.js';
import { isTotpCode, matchingStep } from './totp.js';

/** A code that was found to be right; it counts only once it is {@link SecondFactor.spend spent}. */
export type CheckedCode = { readonly userId: string; readonly factorId: string } & (
  { readonly kind: 'totp'; readonly step: number } | { readonly kind: 'recovery'; readonly digest: string }
);

/** Judges the codes of a second factor: those of the authenticator app, and recovery codes. */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly database: Database,
    private readonly secrets: FactorSecrets,
    private readonly attempts: MfaAttempts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Checks the code of a login; null if the user has no second factor. Call it before the transaction in which the code
   * is spent, because its counter must outlive that.
   * @throws AppError AUTH_006 if the code is missing or wrong, AUTH_007 after too many
   */
  async checkLogin(userId: string, code: string | undefined): Promise<CheckedCode | null> {
    const factor = await this.database.read((em) => findActiveFactor(em, userId));
    if (!factor) return null;
    if (code !== undefined) return this.judge(factor, code);
    throw new AppError('AUTH_006', { detail: 'Send a code of the second factor in mfa_code.' });
  }

  /**
   * Checks a code, uses it up and does what it allows, the last two in one transaction.
   * @throws AppError AUTH_006 for a wrong or used code, AUTH_007 after too many, REQ_006 if there is no second factor
   */
  async redeem<T>(userId: string, code: string, work: (em: EntityManager, factorId: string) => Promise<T>): Promise<T> {
    const factor = await this.database.read((em) => findActiveFactor(em, userId));
    if (!factor) throw new AppError('REQ_006', { detail: 'Two-factor authentication is not enabled.' });
    const checked = await this.judge(factor, code);
    const result = await this.database.transaction(async (em) => {
      await this.spend(em, checked);
      return work(em, factor.id);
    });
    await this.forgive(userId);
    return result;
  }

  /** Says whether a code is one of this factor's, active or not. @throws AppError AUTH_006, AUTH_007 */
  async judge(factor: MfaFactor, code: string): Promise<CheckedCode> {
    const userId = factor.user.id;
    await this.attempts.reserve(userId);
    const secret = this.secrets.open(factor);
    const text = code.trim();
    if (isTotpCode(text)) {
      const step = matchingStep(secret, text, this.clock.now());
      if (step !== null) return { userId, factorId: factor.id, kind: 'totp', step };
    }
    const digits = normaliseRecoveryCode(text);
    if (digits === null) throw new AppError('AUTH_006', { detail: 'The code is wrong.' });
    return { userId, factorId: factor.id, kind: 'recovery', digest: recoveryCodeDigest(secret, digits) };
  }

  /** Uses a checked code up, in the transaction of what it allows. @throws AppError AUTH_006 the second time */
  async spend(em: EntityManager, code: CheckedCode): Promise<void> {
    const isSpent =
      code.kind === 'totp'
        ? await spendStep(em, code.factorId, code.step)
        : await spendRecoveryCode(em, code.factorId, code.digest, new Date(this.clock.now()));
    if (isSpent) return;
    const detail =
      code.kind === 'totp'
        ? 'The code was used before; wait for the next one.'
        : 'The code is wrong or was used before.';
    throw new AppError('AUTH_006', { detail });
  }

  /** After the transaction in which a right code was spent: the failures before it no longer count. */
  async forgive(userId: string): Promise<void> {
    await this.attempts.forget(userId);
  }
}
