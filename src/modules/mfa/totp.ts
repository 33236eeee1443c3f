import { generateSecret, generateURI, verifySync } from 'otplib';

/** RFC 6238 §4.1: the time step, in seconds. */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
const ISSUER = 'Kindly';

/** A new shared secret: 160 random bits (RFC 4226 §4 R6) in Base32, as authenticator apps take it. */
export function newTotpSecret(): string {
  return generateSecret();
}

/** The `otpauth://totp/…` address that authenticator apps read; SHA-1, 6 digits and 30 s are what all of them know. */
export function otpauthUrl(secret: string, account: string): string {
  return generateURI({
    issuer: ISSUER,
    label: account,
    secret,
    algorithm: 'sha1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
  });
}

/** Whether a code has the form of a time-based one. */
export function isTotpCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}

/**
 * The time step (RFC 6238 §4.2: number of 30 s since the epoch) that a code belongs to, of the current one and its two
 * neighbours; null if it is none of theirs. `nowMs` is epoch milliseconds. Does not know which steps were used.
 */
export function matchingStep(secret: string, code: string, nowMs: number): number | null {
  if (!isTotpCode(code)) return null;
  const result = verifySync({
    secret,
    token: code,
    epoch: Math.floor(nowMs / 1000),
    period: PERIOD_SECONDS,
    digits: DIGITS,
    algorithm: 'sha1',
    epochTolerance: PERIOD_SECONDS,
  });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}
