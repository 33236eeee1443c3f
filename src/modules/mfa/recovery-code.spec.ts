import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { newRecoveryCode, normaliseRecoveryCode, recoveryCodeDigest } from './recovery-code.js';

describe('a recovery code', () => {
  it('is three groups of four unmistakable digits, different each time', () => {
    const codes = Array.from({ length: 500 }, newRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('is the same code in any case and with any grouping', () => {
    fc.assert(
      fc.property(fc.constant(null).map(newRecoveryCode), fc.boolean(), (code, isUpper) => {
        const typed = ` ${(isUpper ? code.toUpperCase() : code).replaceAll('-', ' ')} `;
        expect(normaliseRecoveryCode(typed)).toBe(code.replaceAll('-', ''));
      }),
    );
  });

  it.each(['', 'abcd-efgh', 'abcd-efgh-jkmi', 'abcd-efgh-jkm٣', 'abcd_efgh_jkmn', 'abcd-efgh-jkmn-p', '123456'])(
    'is not %j',
    (text) => expect(normaliseRecoveryCode(text)).toBeNull(),
  );

  it('is stored as a digest that neither holds it nor can be computed without the secret of its factor', () => {
    const digest = recoveryCodeDigest('SECRETSECRETSECRET', 'abcdefghjkmn');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(recoveryCodeDigest('SECRETSECRETSECRET', 'abcdefghjkmn')).toBe(digest);
    expect(recoveryCodeDigest('ANOTHERSECRETSECRE', 'abcdefghjkmn')).not.toBe(digest);
    expect(recoveryCodeDigest('SECRETSECRETSECRET', 'abcdefghjkmp')).not.toBe(digest);
  });
});
