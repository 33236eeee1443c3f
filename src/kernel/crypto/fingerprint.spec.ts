import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fingerprint } from './fingerprint.js';

const key = createSecretKey(Buffer.alloc(32, 1));

describe('fingerprint', () => {
  it('is HMAC-SHA256 over the length-prefixed parts, in hex', () => {
    const input = Buffer.from('0000000161000000026263', 'hex');
    expect(fingerprint(key, 'a', 'bc')).toBe(createHmac('sha256', key).update(input).digest('hex'));
  });

  it('takes a string and its UTF-8 bytes for the same part', () => {
    expect(fingerprint(key, 'é')).toBe(fingerprint(key, Buffer.from('é')));
  });

  it('changes with the key, the boundaries, the order and the number of the parts', () => {
    const other = createSecretKey(Buffer.alloc(32, 2));
    const all = [
      fingerprint(key, 'a', 'bc'),
      fingerprint(other, 'a', 'bc'),
      fingerprint(key, 'ab', 'c'),
      fingerprint(key, 'bc', 'a'),
      fingerprint(key, 'a', 'bc', ''),
      fingerprint(key),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
