import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { isFault } from '../fault.js';
import { signEs256 } from './es256.js';
import { parseCompactJws } from './parse-compact-jws.js';
import { verifyJws } from './verify-jws.js';

describe('ES256', () => {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('signs what verifies under its own key and no other, with the algorithm first in the header', () => {
    const token = signEs256({ typ: 'at+jwt', kid: 'x' }, { sub: 'y' }, own.privateKey);
    const jws = parseCompactJws(token);
    if (isFault(jws)) throw new Error(jws.fault);
    expect(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).toBe(
      '{"alg":"ES256","typ":"at+jwt","kid":"x"}',
    );
    expect(jws.claims).toEqual({ sub: 'y' });
    expect(verifyJws(jws, { algorithm: 'ES256', key: own.publicKey })).toBe(true);
    expect(verifyJws(jws, { algorithm: 'ES256', key: other.publicKey })).toBe(false);
  });
});
