import { Injectable } from '@nestjs/common';
import { Sealer, type SealContext } from '../../kernel/crypto/seal.js';
import type { MfaFactor } from './mfa-factor.entity.js';

/** Seals the shared secrets of authenticator apps for storage. */
@Injectable()
export class FactorSecrets {
  constructor(private readonly sealer: Sealer) {}

  /** Seals the secret of a factor that is about to be stored. */
  seal(secret: string, factorId: string, userId: string): string {
    return this.sealer.seal(secret, contextOf(factorId, userId));
  }

  /** The secret of a stored factor. @throws SealError if the row is not the one that it was sealed for */
  open(factor: MfaFactor): string {
    return this.sealer.open(factor.secretSealed, contextOf(factor.id, factor.user.id)).toString();
  }
}

function contextOf(factorId: string, userId: string): SealContext {
  return { purpose: 'mfa-secret', table: 'mfa_factors', row: factorId, owner: userId };
}
