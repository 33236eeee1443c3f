import { describe, expect, it } from '@jest/globals';
import { sha256, sha256Hex } from './digest.js';

/** NIST FIPS 180-4 example "abc". */
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('sha256', () => {
  it('gives the digest of the standard as hex and as bytes', () => {
    expect(sha256Hex('abc')).toBe(ABC);
    expect(sha256('abc')).toEqual(Buffer.from(ABC, 'hex'));
  });

  it('reads strings as UTF-8', () => {
    expect(sha256Hex('é')).toBe(sha256Hex(Buffer.from([0xc3, 0xa9])));
    expect(sha256Hex('é')).not.toBe(sha256Hex(Buffer.from([0xe9])));
  });
});
