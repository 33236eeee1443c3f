import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { FactorSecrets } from './factor-secrets.js';
import type { MfaEnrolmentView } from './mfa.dto.js';
import { replacePendingFactor } from './mfa-factor.repository.js';
import { OwnerCheck } from './owner-check.js';
import { qrCodeDataUrl } from './qr-code.js';
import { newTotpSecret, otpauthUrl } from './totp.js';

/** Begins to set up a second factor: its secret is shown, and counts for nothing yet. */
@Injectable()
export class BeginEnrolment {
  constructor(
    private readonly database: Database,
    private readonly owner: OwnerCheck,
    private readonly secrets: FactorSecrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError AUTH_001 for a wrong password, AUTH_007 after too many, REQ_006 if MFA is on already */
  async run(caller: Principal, passwordPlaintext: string): Promise<z.infer<typeof MfaEnrolmentView>> {
    const user = await this.owner.confirm(caller, passwordPlaintext);
    const now = this.clock.now();
    const id = newId(now);
    const secret = newTotpSecret();
    const secretSealed = this.secrets.seal(secret, id, user.id);
    const isStored = await this.database.transaction(async (em) => {
      await this.owner.holdConfirmed(em, caller, user);
      return replacePendingFactor(em, { id, userId: user.id, secretSealed, createdAt: new Date(now) });
    });
    if (!isStored) {
      throw new AppError('REQ_006', { detail: 'Two-factor authentication is enabled already; disable it first.' });
    }
    const url = otpauthUrl(secret, user.email);
    return { secret, otpauth_url: url, qr_code: await qrCodeDataUrl(url) };
  }
}
