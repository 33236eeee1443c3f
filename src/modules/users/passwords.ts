import { Injectable } from '@nestjs/common';
import { AppError } from '../../kernel/errors/app-error.js';
import type { FieldError } from '../../kernel/field-error.js';
import { Database } from '../../platform/database/index.js';
import { refuseOverLimit } from '../../platform/limits/index.js';
import { normaliseEmail } from './email.js';
import { CommonPasswords } from './common-passwords.js';
import { Lockout } from './lockout/lockout.js';
import { DECOY_HASH, PasswordHasher } from './password-hasher.js';
import { containsEmail, normalisePassword } from './password-policy.js';
import { isMadeOfProductWords } from './product-words.js';
import { findCandidate, NOBODY, type ProvenUser } from './proven-user.queries.js';

/** Where somebody types a password. */
export interface PasswordPlace {
  /** IPv4 /24 or IPv6 /64; null if the address is not known. */
  readonly network: string | null;
  /** The device that this user is known to have logged in on; null for any other. */
  deviceOf(userId: string): string | null;
}

/** Passwords: what makes a good one, and whether one is right. */
@Injectable()
export class Passwords {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly lockout: Lockout,
    private readonly common: CommonPasswords,
  ) {}

  /**
   * The user whose password this is; null for a wrong one and for an unknown address, after the same time and counted
   * alike. @throws AppError AUTH_007 while the place is locked out of the account, SRV_002 when too many are waiting
   */
  verify(email: string, plaintext: string, place: PasswordPlace): Promise<ProvenUser | null> {
    return this.hasher.withPlace(() => this.verifyInPlace(email, plaintext, place));
  }

  /** The hash of a new password. @throws AppError REQ_001 that names `field` if the password is a bad one */
  async hashNew(plaintext: string, email: string, field: string): Promise<string> {
    const fault = await this.faultOf(plaintext, email);
    if (fault) throw refused({ field, message: fault });
    return this.hasher.withPlace(() => this.hasher.hash(plaintext));
  }

  private async verifyInPlace(email: string, plaintext: string, place: PasswordPlace): Promise<ProvenUser | null> {
    const emailKey = normaliseEmail(email);
    const candidate = await findCandidate(this.database, emailKey, DECOY_HASH);
    const { id, passwordHash } = candidate;
    const attempt = {
      kind: 'password',
      email: emailKey,
      userId: id,
      place: { network: place.network, deviceId: place.deviceOf(id) },
    } as const;
    return this.lockout.attempt(attempt, async () => {
      // a lock answers before the rate limit does
      refuseOverLimit();
      const isRight = await this.hasher.verify(passwordHash, plaintext);
      return isRight && id !== NOBODY ? candidate : null;
    });
  }

  private async faultOf(plaintext: string, email: string): Promise<string | null> {
    if (containsEmail(plaintext, email)) return 'must not contain the e-mail address';
    const password = normalisePassword(plaintext);
    if (await this.common.includes(password)) return 'is one of the most used passwords';
    if (isMadeOfProductWords(password)) return 'must not be made of the words that everybody would try here';
    return null;
  }
}

function refused(fault: FieldError): AppError {
  return new AppError('REQ_001', { detail: `${fault.field} ${fault.message}.`, errors: [fault] });
}
