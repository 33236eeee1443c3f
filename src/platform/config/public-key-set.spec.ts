import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { publicKeySet } from './public-key-set.js';

function published(publicKey: ReturnType<typeof generateKeyPairSync>['publicKey']): string {
  const key = publicKey.export({ format: 'pem', type: 'spki' });
  return JSON.stringify({ public_keys: [{ key_identifier: 'a', key, is_current: true }] });
}

describe('a set of public keys', () => {
  it('is read as GitHub publishes it', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect([...publicKeySet.parse(published(publicKey)).keys()]).toEqual(['a']);
  });

  it.each([
    ['not JSON', 'keys', 'must be JSON'],
    ['another shape', '{"keys":[]}', 'must be JSON'],
    ['none', '{"public_keys":[]}', 'must be JSON'],
    ['a key that is none', '{"public_keys":[{"key_identifier":"a","key":"x"}]}', 'the key "a" is not'],
    ['RSA', published(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey), 'the key "a" is not'],
    ['another curve', published(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey), 'the key "a" is not'],
  ])('that is %s is refused', (_name, text, message) => {
    expect(publicKeySet.safeParse(text).error?.issues[0]?.message).toContain(message);
  });
});
