import { normaliseRecoveryCode, recoveryCodeDigest } from './recovery-code.js';
import { isTotpCode, matchingStep } from './totp.js';

/** A code that may be right: of a time step, or one whose digest is to be looked for among the recovery codes. */
export type CheckedCode =
  { readonly kind: 'totp'; readonly step: number } | { readonly kind: 'recovery'; readonly digest: string };

/** Tells what a code is of the factor with this secret; null if it can be none of its codes. `nowMs` is epoch ms. */
export function checkCode(secret: string, code: string, nowMs: number): CheckedCode | null {
  const text = code.trim();
  if (isTotpCode(text)) {
    const step = matchingStep(secret, text, nowMs);
    return step === null ? null : { kind: 'totp', step };
  }
  const digits = normaliseRecoveryCode(text);
  return digits === null ? null : { kind: 'recovery', digest: recoveryCodeDigest(secret, digits) };
}
