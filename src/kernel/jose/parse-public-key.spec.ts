import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { parsePublicKey } from './parse-public-key.js';

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const jwk = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) });
const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A number of so many bytes in the form that JWK has for it. */
const integer = (...bytes: number[]): string => Buffer.from(bytes).toString('base64url');

describe('a public key', () => {
  it.each([
    ['Ed25519', ed25519.publicKey, 'EdDSA'],
    ['P-256', p256.publicKey, 'ES256'],
    ['RSA', rsa.publicKey, 'RS256'],
  ])('of %s is for one algorithm, in PEM and as a JWK', (_name, key, algorithm) => {
    for (const input of [
      pem(key),
      `\n${pem(key)}\n`,
      pem(key).replaceAll('\n', '\r\n'),
      jwk(key),
      { ...jwk(key), alg: algorithm, use: 'sig' },
    ]) {
      const parsed = parsePublicKey(input);
      expect(parsed).toMatchObject({ algorithm });
      expect('key' in parsed && parsed.key.equals(key)).toBe(true);
    }
  });

  it('may be named as RFC 9864 has it, but only if it is of that curve', () => {
    expect(parsePublicKey({ ...jwk(ed25519.publicKey), alg: 'Ed25519' })).toMatchObject({ algorithm: 'EdDSA' });
    expect(parsePublicKey({ ...jwk(p256.publicKey), alg: 'Ed25519' })).toEqual({
      fault: 'is a key for ES256, which its alg contradicts',
    });
  });

  it.each([
    ['PKCS#8', ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['SEC1', p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
    [
      'encrypted PKCS#8',
      ed25519.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    ],
    [
      'a private key after a public one',
      `${pem(p256.publicKey)}${ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}`,
    ],
    ['a private JWK', jwk(ed25519.privateKey)],
    ['a private JWK of RSA', jwk(rsa.privateKey)],
    ['a symmetric JWK', { kty: 'oct', k: 'c2VjcmV0' }],
  ])('is not taken out of a private one: %s', (_name, input) => {
    expect(parsePublicKey(input)).toEqual({ fault: expect.stringContaining('is a private key') });
  });

  it.each([
    ['an exponent of 1', { ...jwk(rsa.publicKey), e: integer(1) }],
    ['an even exponent', { ...jwk(rsa.publicKey), e: integer(1, 0, 0) }],
    ['an exponent that makes verification slow', { ...jwk(rsa.publicKey), e: integer(1, 0, 0, 0, 0, 1) }],
    ['a short modulus', { ...jwk(rsa.publicKey), n: integer(...Array.from({ length: 128 }, () => 0xff)) }],
    ['an endless modulus', { ...jwk(rsa.publicKey), n: 'f'.repeat(20_000) }],
    ['another curve', jwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['a point of the wrong length', { ...jwk(ed25519.publicKey), x: 'AAAA' }],
    ['members of the wrong type', { kty: 'EC', crv: 'P-256', x: 1, y: 2 }],
    ['no members', {}],
    ['text around it', `key: ${pem(p256.publicKey)}`],
    ['its end cut off', pem(p256.publicKey).slice(0, 60)],
    ['other bytes in it', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ])('is refused with %s', (_name, input) => {
    expect(parsePublicKey(input)).toHaveProperty('fault');
  });
});
