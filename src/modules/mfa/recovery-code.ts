import { randomInt } from 'node:crypto';
import { deriveKey } from '../../kernel/crypto/derive-key.js';
import { fingerprint } from '../../kernel/crypto/fingerprint.js';

/** How many codes a set has. */
export const RECOVERY_CODES = 10;

/** Crockford's Base32 digits: none that is mistaken for another when copied from paper. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 12;
const FORM = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** A new code, `xxxx-xxxx-xxxx`: 60 random bits. */
export function newRecoveryCode(): string {
  const digits = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return digits.replace(/^(.{4})(.{4})(.{4})$/, '$1-$2-$3');
}

/** The digits of a code however it was typed (case, spaces and dashes do not matter); null if it is none. */
export function normaliseRecoveryCode(text: string): string | null {
  const digits = text.toLowerCase().replaceAll(/[\s-]/g, '');
  return FORM.test(digits) ? digits : null;
}

/**
 * What is stored of a code: an HMAC under a key that comes from the factor's own secret. That secret is sealed at rest,
 * so a copy of the table alone gives nothing to guess against, and a change of the master key leaves codes valid.
 */
export function recoveryCodeDigest(factorSecret: string, normalisedCode: string): string {
  return fingerprint(deriveKey(factorSecret, 'mfa-recovery-code'), normalisedCode);
}
