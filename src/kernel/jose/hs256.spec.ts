import { describe, expect, it } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import { isHs256Of, signHs256 } from './hs256.js';

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const key = createSecretKey(Buffer.alloc(32, 1));
const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

describe('HS256', () => {
  // RFC 7515 appendix A.1: its header and claims hold line breaks, so the signed text is taken as it stands there
  it('is what RFC 7515 prints', () => {
    const secret = createSecretKey(
      Buffer.from(
        'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
        'base64url',
      ),
    );
    const token =
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9' +
      '.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ' +
      '.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    expect(isHs256Of(token, secret)).toBe(true);
    expect(isHs256Of(token, key)).toBe(false);
  });

  it('verifies what it signs, and nothing that differs from it', () => {
    const token = signHs256(HEADER, { sub: 'x' }, key);
    expect(token.split('.').slice(0, 2)).toEqual([HEADER, encode({ sub: 'x' })]);
    expect(isHs256Of(token, key)).toBe(true);
    for (const other of [`${token}A`, token.slice(0, -1), token.replace('.', '..'), `A${token}`, '', '.', 'x']) {
      expect(isHs256Of(other, key)).toBe(false);
    }
  });
});
