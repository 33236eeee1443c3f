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

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const pemOf = (der: Buffer): string =>
  `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;

/** The same with the length of the outer sequence in two bytes instead of one: BER, not DER. */
const withLongLength = (der: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x30, 0x81, der[1] ?? 0]), der.subarray(2)]);

/** P-256 spelled out by its parameters, where another generator could stand. */
const explicitP256 = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });

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
    [{ use: 'sig', key_ops: ['verify'] }],
    [{ key_ops: ['verify'] }],
    [{ key_ops: ['sign', 'verify'] }],
    [{ kid: 'a', ext: true, x5t: 'AAAA' }],
  ])('may be said to be for signatures: %j', (members) => {
    expect(parsePublicKey({ ...jwk(ed25519.publicKey), ...members })).toMatchObject({ algorithm: 'EdDSA' });
  });

  it.each([
    ['use', { use: 'enc' }],
    ['use', { use: ['sig'] }],
    ['use', { use: null }],
    ['key_ops', { key_ops: [] }],
    ['key_ops', { key_ops: ['sign'] }],
    ['key_ops', { key_ops: ['encrypt'] }],
    ['key_ops', { key_ops: ['verify', 'verify'] }],
    ['key_ops', { key_ops: ['verify', 'encrypt'] }],
    ['key_ops', { use: 'sig', key_ops: ['verify', 'deriveBits'] }],
    ['key_ops', { key_ops: 'verify' }],
    ['key_ops', { key_ops: ['VERIFY'] }],
    ['key_ops', { key_ops: null }],
    ['key_ops', { key_ops: { 0: 'verify', length: 1 } }],
    ['alg', { alg: 'RS256' }],
    ['alg', { alg: null }],
    ['alg', { alg: ['EdDSA'] }],
  ])('that its %s says to be for something else is refused: %j', (member, members) => {
    const parsed = parsePublicKey({ ...jwk(ed25519.publicKey), ...members });
    expect(parsed).toEqual({ fault: expect.stringContaining(member) });
  });

  it.each([
    ['an exponent of 1', { ...jwk(rsa.publicKey), e: integer(1) }],
    ['an exponent of 3', { ...jwk(rsa.publicKey), e: integer(3) }],
    ['an even exponent', { ...jwk(rsa.publicKey), e: integer(1, 0, 0) }],
    ['an exponent that makes verification slow', { ...jwk(rsa.publicKey), e: integer(1, 0, 0, 0, 0, 1) }],
    ['a short modulus', { ...jwk(rsa.publicKey), n: integer(...Array.from({ length: 128 }, () => 0xff)) }],
    ['an endless modulus', { ...jwk(rsa.publicKey), n: 'f'.repeat(20_000) }],
    ['another curve', jwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['a point of the wrong length', { ...jwk(ed25519.publicKey), x: 'AAAA' }],
    ['members of the wrong type', { kty: 'EC', crv: 'P-256', x: 1, y: 2 }],
    ['no members', {}],
    ['text around it', `key: ${pem(p256.publicKey)}`],
    ['a curve that is told by its parameters', pem(explicitP256.publicKey)],
    ['other bytes after it', pemOf(Buffer.concat([spki(p256.publicKey), Buffer.from('more')]))],
    ['other bytes after it, of RSA', pemOf(Buffer.concat([spki(rsa.publicKey), Buffer.from('more')]))],
    ['a length that is written longer than it is', pemOf(withLongLength(spki(ed25519.publicKey)))],
    ['its end cut off', pem(p256.publicKey).slice(0, 60)],
    ['other bytes in it', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ])('is refused with %s', (_name, input) => {
    expect(parsePublicKey(input)).toHaveProperty('fault');
  });
});
