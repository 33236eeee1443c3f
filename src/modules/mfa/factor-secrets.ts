import { Injectable } from '@nestjs/common';
import type { SealContext } from '../../kernel/crypto/seal.js';
import { SealedValues } from '../../platform/sealing/index.js';
import type { MfaFactor } from './mfa-factor.entity.js';

const UNREADABLE = 'The second factor of this account cannot be checked at present. Contact support if this goes on.';

/** Seals the shared secrets of authenticator apps for storage. */
@Injectable()
export class FactorSecrets {
  constructor(private readonly values: SealedValues) {}

  /** Seals the secret of a factor that is about to be stored. */
  seal(secret: string, factorId: string, userId: string): string {
    return this.values.seal(secret, contextOf(factorId, userId));
  }

  /** The secret of a stored factor. @throws AppError SRV_002 if it does not open */
  open(factor: MfaFactor): string {
    return this.values.open(factor.secretSealed, contextOf(factor.id, factor.user.id), UNREADABLE).toString();
  }

  /** The secret of a stored factor; null: it does not open. */
  find(factor: MfaFactor): string | null {
    return this.values.find(factor.secretSealed, contextOf(factor.id, factor.user.id))?.toString() ?? null;
  }
}

function contextOf(factorId: string, userId: string): SealContext {
  return { purpose: 'mfa-secret', table: 'mfa_factors', row: factorId, owner: userId };
}
