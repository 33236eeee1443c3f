import { describe, expect, it } from '@jest/globals';
import { isFault } from '../../fault.js';
import { checkSignaturePolicy } from './check-signature-policy.js';
import { parseMessageSignatures } from './parse-message-signatures.js';

const NOW_SECONDS = 1_704_715_200;
const NONCE = 'nonce="0123456789abcdef"';
const FRESH = `created=${NOW_SECONDS};${NONCE}`;
const context = { nowMs: NOW_SECONDS * 1000 + 999, hasQuery: true, hasBody: true };

function check(input: string, changes: Partial<typeof context> = {}): ReturnType<typeof checkSignaturePolicy> {
  const parsed = parseMessageSignatures(`sig=${input}`, 'sig=:AAAA:');
  if (isFault(parsed) || parsed[0] === undefined) throw new Error('malformed');
  return checkSignaturePolicy(parsed[0], { ...context, ...changes });
}

const FULL = '"@method" "@authority" "@path" "@query" "content-digest"';

describe('the policy for message signatures accepts', () => {
  it.each([
    ['each component', `(${FULL});${FRESH}`],
    ['the target URI for authority, path and query', `("@method" "@target-uri" "content-digest");${FRESH}`],
    ['the request target for path and query', `("@method" "@authority" "@request-target" "content-digest");${FRESH}`],
    ['more than it needs', `("date" ${FULL} "content-type");${FRESH};tag="app";x=1`],
    ['the one algorithm', `(${FULL});${FRESH};alg="hmac-sha256"`],
    ['an end that is still to come', `(${FULL});${FRESH};expires=${NOW_SECONDS + 1}`],
    ['the oldest', `(${FULL});created=${NOW_SECONDS - 300};${NONCE}`],
    ['the newest', `(${FULL});created=${NOW_SECONDS + 300};${NONCE}`],
  ])('%s', (_, input) => {
    expect(check(input)).toBeNull();
  });

  it('neither query nor digest where there is none', () => {
    const input = `("@method" "@authority" "@path");${FRESH}`;
    expect(check(input, { hasQuery: false, hasBody: false })).toBeNull();
    expect(check(input, { hasQuery: true, hasBody: false })).toEqual({ fault: expect.stringContaining('@query') });
    expect(check(input, { hasQuery: false, hasBody: true })).toEqual({
      fault: expect.stringContaining('content-digest'),
    });
  });
});

describe('the policy for message signatures refuses', () => {
  it.each([
    ['no components', `();${FRESH}`, '@method'],
    ['no method', `("@target-uri" "content-digest");${FRESH}`, '@method'],
    ['no authority', `("@method" "@path" "@query" "content-digest");${FRESH}`, '@authority'],
    ['no path', `("@method" "@authority" "@query" "content-digest");${FRESH}`, '@path'],
    ['no query', `("@method" "@authority" "@path" "content-digest");${FRESH}`, '@query'],
    [
      'one query parameter',
      `("@method" "@authority" "@path" "@query-param";name="a" "content-digest");${FRESH}`,
      '@query',
    ],
    ['no digest', `("@method" "@target-uri" "content-length");${FRESH}`, 'content-digest'],
    ['a part of the digest', `("@method" "@target-uri" "content-digest";key="sha-256");${FRESH}`, 'content-digest'],
    ['no time', `(${FULL});${NONCE}`, 'created'],
    ['301 s ago', `(${FULL});created=${NOW_SECONDS - 301};${NONCE}`, 'created'],
    ['301 s ahead', `(${FULL});created=${NOW_SECONDS + 301};${NONCE}`, 'created'],
    ['a time before the epoch', `(${FULL});created=-${NOW_SECONDS};${NONCE}`, 'created'],
    ['expired this second', `(${FULL});${FRESH};expires=${NOW_SECONDS}`, 'expired'],
    ['no nonce', `(${FULL});created=${NOW_SECONDS}`, 'nonce'],
    ['a short nonce', `(${FULL});created=${NOW_SECONDS};nonce="0123456789abcde"`, 'nonce'],
    ['a long nonce', `(${FULL});created=${NOW_SECONDS};nonce="${'0'.repeat(129)}"`, 'nonce'],
    ['a nonce with a space', `(${FULL});created=${NOW_SECONDS};nonce="0123456789 abcdef"`, 'nonce'],
    ['another algorithm', `(${FULL});${FRESH};alg="ed25519"`, 'alg'],
    ['an algorithm in capitals', `(${FULL});${FRESH};alg="HMAC-SHA256"`, 'alg'],
  ])('%s', (_, input, named) => {
    expect(check(input)).toEqual({ fault: expect.stringContaining(named) });
  });
});
