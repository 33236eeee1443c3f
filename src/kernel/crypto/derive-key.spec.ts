import { createSecretKey, hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from './digest.js';
import { deriveKey } from './derive-key.js';

function hex(secret: string, purpose: string, lengthBytes?: number): string {
  return deriveKey(secret, purpose, lengthBytes).export().toString('hex');
}

describe('deriveKey', () => {
  it('stands on a runtime whose HKDF gives the vectors of RFC 5869 A.1 and A.3', () => {
    const ikm = Buffer.alloc(22, 0x0b);
    const salt = Buffer.from('000102030405060708090a0b0c', 'hex');
    const info = Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex');
    expect(Buffer.from(hkdfSync('sha256', ikm, salt, info, 42)).toString('hex')).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
    expect(Buffer.from(hkdfSync('sha256', ikm, '', '', 42)).toString('hex')).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    );
  });

  it('is HKDF-SHA256 without salt and with the info kindly/v1/<purpose>', () => {
    const expected = hkdfSync('sha256', 'a secret', '', 'kindly/v1/session', 32);
    expect(hex('a secret', 'session')).toBe(Buffer.from(expected).toString('hex'));
  });

  it('gives the same key for a string, its bytes and a key object', () => {
    const bytes = Buffer.from('a secret');
    expect(deriveKey(bytes, 'p').equals(deriveKey('a secret', 'p'))).toBe(true);
    expect(deriveKey(createSecretKey(bytes), 'p').equals(deriveKey('a secret', 'p'))).toBe(true);
  });

  it('gives unrelated keys for different purposes and secrets, and none is the secret', () => {
    const keys = [hex('a', 'x'), hex('a', 'y'), hex('b', 'x'), hex('a', ''), sha256Hex('a')];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has 32 bytes unless told otherwise, and refuses more than HKDF can give', () => {
    expect(hex('a', 'x')).toHaveLength(64);
    expect(hex('a', 'x', 8160)).toHaveLength(16_320);
    expect(() => deriveKey('a', 'x', 8161)).toThrow();
  });
});
