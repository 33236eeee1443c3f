import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isFault } from '../fault.js';
import { parseCompactJws } from './parse-compact-jws.js';
import type { SignatureAlgorithm, VerificationKey } from './verification-key.js';
import { verifyJws } from './verify-jws.js';

interface Signer extends VerificationKey {
  readonly sign: (data: Buffer) => Buffer;
  readonly privateKey: KeyObject;
}

function signer(algorithm: SignatureAlgorithm, pair: { publicKey: KeyObject; privateKey: KeyObject }): Signer {
  const { publicKey: key, privateKey } = pair;
  const options = { key: privateKey, dsaEncoding: 'ieee-p1363', padding: constants.RSA_PKCS1_PADDING } as const;
  const digest = algorithm === 'EdDSA' ? null : 'sha256';
  return { algorithm, key, privateKey, sign: (data) => sign(digest, data, digest ? options : privateKey) };
}

const SIGNERS = [
  signer('EdDSA', generateKeyPairSync('ed25519')),
  signer('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  signer('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
];

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function token(header: object, claims: unknown, by: (data: Buffer) => Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${by(Buffer.from(input)).toString('base64url')}`;
}

/** Whether a token is signed with a key. */
function verifies(text: string, key: VerificationKey): boolean {
  const jws = parseCompactJws(text);
  return !isFault(jws) && verifyJws(jws, key);
}

describe('a signed token', () => {
  it.each(SIGNERS)(
    'of $algorithm verifies with its own key and no other, under its own algorithm and no other',
    (own) => {
      const good = token({ alg: own.algorithm }, { iss: 'x' }, own.sign);
      for (const other of SIGNERS) {
        expect(verifies(good, other)).toBe(other === own);
        expect(verifies(token({ alg: other.algorithm }, {}, own.sign), own)).toBe(other === own);
      }
      for (const alg of ['none', 'HS256', own.algorithm.toLowerCase(), '', null, undefined, [own.algorithm]]) {
        expect(verifies(token({ alg }, {}, own.sign), own)).toBe(false);
      }
      expect(verifies(token({ alg: own.algorithm, crit: ['exp'] }, {}, own.sign), own)).toBe(false);
      expect(verifies(token({ alg: own.algorithm, crit: [] }, {}, own.sign), own)).toBe(false);
    },
  );

  it('of EdDSA may be named Ed25519 (RFC 9864), and no other may', () => {
    for (const own of SIGNERS) {
      expect(verifies(token({ alg: 'Ed25519' }, {}, own.sign), own)).toBe(own.algorithm === 'EdDSA');
    }
  });

  it('does not verify with any bit of it changed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIGNERS), fc.nat(), fc.integer({ min: 0, max: 7 }), (own, place, bit) => {
        const [header, claims, signature = ''] = token({ alg: own.algorithm }, { a: 1 }, own.sign).split('.');
        const bytes = Buffer.from(signature, 'base64url');
        const index = place % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        expect(verifies(`${header}.${claims}.${bytes.toString('base64url')}`, own)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('of ES256 does not verify with an integer that is nought, too large or not 32 bytes long', () => {
    const own = SIGNERS[1] as Signer;
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    const zero = Buffer.alloc(32);
    const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])]);
    for (const signature of [
      [zero, zero],
      [zero, one],
      [one, zero],
      [order, one],
      [one, order],
      [order, order],
      [one],
      [one, one, one],
      [],
    ]) {
      expect(
        verifies(
          token({ alg: 'ES256' }, {}, () => Buffer.concat([...signature, Buffer.alloc(0)])),
          own,
        ),
      ).toBe(false);
    }
    expect(
      verifies(
        token({ alg: 'ES256' }, {}, (data) => sign('sha256', data, own.privateKey)),
        own,
      ),
    ).toBe(false);
  });

  it('of RS256 does not verify with another padding or digest', () => {
    const own = SIGNERS[2] as Signer;
    const { privateKey: key } = own;
    for (const by of [
      (data: Buffer) => sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING }),
      (data: Buffer) => sign('sha1', data, key),
      (data: Buffer) => sign('sha512', data, key),
    ]) {
      expect(verifies(token({ alg: 'RS256' }, {}, by), own)).toBe(false);
    }
  });
});

describe('the compact form', () => {
  it.each([
    ['nothing', ''],
    ['two parts', 'e30.e30'],
    ['four parts', 'e30.e30.AA.AA'],
    ['five parts, as encryption has', 'e30.e30.e30.e30.e30'],
    ['an empty signature', 'e30.e30.'],
    ['padding', 'e30=.e30.AA'],
    ['the letters of plain base64', 'e30.e30.+/+/'],
    ['stray bits at the end of a part', 'e31.e30.AA'],
    ['stray bits at the end of its signature', 'e30.e30.AB'],
    ['a list for a header', 'W10.e30.AA'],
    ['a text for claims', 'e30.IngiIA.AA'],
    ['white space', ' e30.e30.AA'],
    ['a repeated member', `${Buffer.from('{"alg":"none","alg":"EdDSA"}').toString('base64url')}.e30.AA`],
    ['a member named __proto__', `${Buffer.from('{"__proto__":{"alg":"none"}}').toString('base64url')}.e30.AA`],
    ['no end', `e30.${'e'.repeat(9_000)}.AA`],
  ])('is refused with %s', (_name, text) => {
    expect(parseCompactJws(text)).toHaveProperty('fault');
  });

  it('gives header, claims and what is signed, for any claims', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (claims) => {
        fc.pre(!JSON.stringify(claims).includes('__proto__'));
        const text = token({ alg: 'EdDSA' }, claims, () => Buffer.from('signature'));
        fc.pre(text.length <= 8_192);
        const jws = parseCompactJws(text);
        if (isFault(jws)) throw new Error(jws.fault);
        expect(JSON.stringify(jws.claims)).toBe(JSON.stringify(claims));
        expect(jws.signingInput).toBe(text.split('.', 2).join('.'));
        expect(jws.signature.toString()).toBe('signature');
      }),
    );
  });
});
