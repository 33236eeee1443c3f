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

/** What a code of a second factor allows; both steps run in the transaction in which the code is used up. */
export interface Redemption<T> {
  /** Locks the account first, and makes sure that what was found out before the transaction still holds. */
  readonly hold: (em: EntityManager) => Promise<void>;
  readonly work: (em: EntityManager, factorId: string) => Promise<T>;
}

/** A login whose password has been shown. */
export interface Admission<Held, T> {
  /** As in a {@link Redemption}. */
  readonly hold: (em: EntityManager) => Promise<Held>;
  /** Lets the user in. */
  readonly open: (em: EntityManager, held: Held) => T | Promise<T>;
}

/** Rolls back the transaction of a code that cannot be used up any more. */
class SpentCodeError extends Error {}

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
   * transaction. @throws AppError AUTH_006 if the code is missing, wrong or used, AUTH_007 after too many, SRV_002 if
   * the stored secret does not open
   */
  async admit<Held, T>(entry: CodeEntry, code: string | undefined, admission: Admission<Held, T>): Promise<T> {
    const factor = code === undefined ? null : await this.find(entry.user.id);
    if (factor && code !== undefined) return this.spend(factor, entry, code, admission);
    return this.database.transaction(async (em) => {
      const held = await admission.hold(em);
      // under the lock of the account: whoever sets a second factor up waits, or has it found here
      if (await findActiveFactor(em, entry.user.id)) throw new AppError('AUTH_006', { detail: MISSING });
      return admission.open(em, held);
    });
  }

  /**
   * Does what needs a code of a user who must have a second factor.
   * @throws AppError REQ_006 without one, AUTH_006 if the code is wrong or used, AUTH_007 after too many
   */
  async redeem<T>(entry: CodeEntry, code: string, { hold, work }: Redemption<T>): Promise<T> {
    const factor = await this.find(entry.user.id);
    if (!factor) throw new AppError('REQ_006', { detail: 'Two-factor authentication is not enabled.' });
    return this.spend(factor, entry, code, { hold, open: (em) => work(em, factor.id) });
  }

  private find(userId: string): Promise<MfaFactor | null> {
    return this.database.read((em) => findActiveFactor(em, userId));
  }

  /** The account is locked before the code is: so does whoever takes the factor away, and neither waits for the other. */
  private spend<Held, T>(
    factor: MfaFactor,
    entry: CodeEntry,
    code: string,
    { hold, open }: Admission<Held, T>,
  ): Promise<T> {
    const now = this.clock.now();
    return this.attempts.make(entry, async (): Promise<TryOutcome<T>> => {
      const checked = checkCode(this.secrets.open(factor), code, now);
      if (!checked) return { refusal: WRONG };
      try {
        const value = await this.database.transaction(async (em) => {
          const held = await hold(em);
          if (!(await spendCode(em, factor.id, checked, new Date(now)))) throw new SpentCodeError();
          return open(em, held);
        });
        return { value };
      } catch (error) {
        if (error instanceof SpentCodeError) return { refusal: USED[checked.kind] };
        throw error;
      }
    });
  }
}
