import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { generateSync } from 'otplib';
import { matchingStep, newTotpSecret, otpauthUrl } from './totp.js';

/** RFC 6238 Appendix B, SHA-1: the seed is the ASCII text 12345678901234567890; codes have 8 digits there. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const RFC_VECTORS = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const;

const STEP_MS = 30_000;

function codeAt(secret: string, epochMs: number): string {
  return generateSync({ secret, epoch: Math.floor(epochMs / 1000) });
}

describe('a time-based code', () => {
  it.each(RFC_VECTORS)('at %d s is the one of RFC 6238 Appendix B, cut to six digits', (seconds, eightDigits) => {
    expect(matchingStep(RFC_SECRET, eightDigits.slice(2), seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it('is accepted in its own step and the neighbours, in no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2e9, max: 4e12 }), (nowMs) => {
        const secret = newTotpSecret();
        const step = Math.floor(nowMs / STEP_MS);
        for (const drift of [-1, 0, 1]) {
          expect(matchingStep(secret, codeAt(secret, nowMs + drift * STEP_MS), nowMs)).not.toBeNull();
        }
        for (const drift of [-3, -2, 2, 3]) {
          const other = matchingStep(secret, codeAt(secret, nowMs + drift * STEP_MS), nowMs);
          // two steps may share a code by chance; then it counts as the nearer one
          expect(other === null || Math.abs(other - step) <= 1).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(['', '12345', '1234567', '12345a', '１２３４５６', ' 123456', '-12345', '1e5000'])(
    'is not %j, whatever the secret',
    (code) => expect(matchingStep(RFC_SECRET, code, 59_000)).toBeNull(),
  );

  it('of another secret is refused', () => {
    expect(matchingStep(newTotpSecret(), '287082', 59_000)).toBeNull();
  });
});

describe('the otpauth address', () => {
  it('names issuer, account and secret, and leaves nothing to guess', () => {
    const url = new URL(otpauthUrl(RFC_SECRET, 'user+a@example.com'));
    expect(url.protocol).toBe('otpauth:');
    expect(decodeURIComponent(url.pathname)).toContain('Kindly:user+a@example.com');
    expect(url.searchParams.get('secret')).toBe(RFC_SECRET);
    expect(url.searchParams.get('issuer')).toBe('Kindly');
  });

  it('has a secret of 160 bits that differs each time', () => {
    const secrets = Array.from({ length: 50 }, newTotpSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });
});
