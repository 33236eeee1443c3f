import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/index.js';
import { CodeAttempts } from './code-attempts.js';
import { FactorSecrets } from './factor-secrets.js';
import type { RecoveryCodesView } from './mfa.dto.js';
import { MfaFactor } from './mfa-factor.entity.js';
import { MfaRecoveryCode } from './mfa-recovery-code.entity.js';
import { OwnerCheck } from './owner-check.js';
import { newRecoveryCode, normaliseRecoveryCode, RECOVERY_CODES, recoveryCodeDigest } from './recovery-code.js';
import { SecondFactor } from './second-factor.js';

/** Issues recovery codes. */
@Injectable()
export class RecoveryCodes {
  constructor(
    private readonly secondFactor: SecondFactor,
    private readonly attempts: CodeAttempts,
    private readonly secrets: FactorSecrets,
    private readonly owner: OwnerCheck,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Replaces the caller's codes. @throws AppError AUTH_006, AUTH_007, REQ_006 if MFA is off */
  async renew(caller: Principal, code: string): Promise<z.infer<typeof RecoveryCodesView>> {
    const entry = await this.attempts.entryOf(caller);
    const codes = await this.secondFactor.redeem(entry, code, {
      hold: (em) => this.owner.hold(em, caller),
      work: async (em, factorId) =>
        this.replace(em, await em.findOneOrFail(MfaFactor, { id: factorId, user: caller.userId })),
    });
    return { recovery_codes: codes };
  }

  /** Gives a factor a new set of codes in the caller's transaction; the earlier set is void. @returns the new codes */
  async replace(em: EntityManager, factor: MfaFactor): Promise<string[]> {
    await em.nativeDelete(MfaRecoveryCode, { factor: factor.id });
    const secret = this.secrets.open(factor);
    const codes = [...distinctCodes()];
    for (const code of codes) {
      const digest = recoveryCodeDigest(secret, normaliseRecoveryCode(code) ?? '');
      const id = newId(this.clock.now());
      em.persist(
        em.create(MfaRecoveryCode, { id, factor: em.getReference(MfaFactor, factor.id), digest, usedAt: null }),
      );
    }
    return codes;
  }
}

function distinctCodes(): Set<string> {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES) codes.add(newRecoveryCode());
  return codes;
}
