import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { digestedBody } from './digested-body.js';
import { isFault } from '../fault.js';
import { parseRequestTarget } from './parse-request-target.js';
import { parseSignatureHeaders } from './parse-signature-headers.js';
import type { SignedMessageParts } from './signed-message.js';
import { signedMessage } from './signed-message.js';
import { tokenizeJson } from './tokenize-json.js';

const signature = '0'.repeat(64);
const timestamp = '1704715200';
const nonce = '0123456789abcdef0123456789abcdef';
const body = '{"name": "a"}';
const honest = { method: 'POST', target: '/api/keys', timestamp, nonce, body };

/** Whether every part passes the grammar that stands before the message. */
function isAccepted(parts: SignedMessageParts): boolean {
  return (
    !isFault(parseRequestTarget(parts.target)) &&
    !isFault(parseSignatureHeaders({ ...parts, signature })) &&
    (parts.body === '' || !isFault(tokenizeJson(Buffer.from(parts.body, 'utf8'))))
  );
}

interface Forgery {
  readonly title: string;
  /** What differs from the request above in the one that was signed. */
  readonly signed?: Partial<SignedMessageParts>;
  /** What differs in the one that has the same message, and so the same MAC. */
  readonly forged: Partial<SignedMessageParts>;
}

// What the printed scheme leaves open: a captured signature fits another request, or the same one with a new nonce.
const forgeries: readonly Forgery[] = [
  { title: 'the nonce swallows the body', forged: { nonce: nonce + body, body: '' } },
  { title: 'the nonce ends in the body', signed: { body: '' }, forged: { nonce: nonce.slice(0, 30), body: 'ef' } },
  { title: 'the body begins in the nonce', forged: { nonce: nonce.slice(0, 31), body: `f${body}` } },
  { title: 'the timestamp begins the nonce', forged: { timestamp: timestamp.slice(0, 9), nonce: `0${nonce}` } },
  {
    title: 'the timestamp swallows half the nonce',
    forged: { timestamp: timestamp + nonce.slice(0, 9), nonce: nonce.slice(9) },
  },
  {
    title: 'the target swallows digits of the timestamp',
    forged: { target: '/api/keys1704', timestamp: timestamp.slice(4) },
  },
  {
    title: 'the timestamp swallows the id in the target',
    signed: { target: '/api/keys/7' },
    forged: { target: '/api/keys/', timestamp: `7${timestamp}` },
  },
  {
    title: 'the target swallows all that follows',
    forged: { target: `/api/keys${timestamp}${nonce}${body}`, timestamp: '', nonce: '', body: '' },
  },
  {
    title: 'the query moves into the timestamp',
    signed: { target: '/api/keys?a=1' },
    forged: { target: '/api/keys', timestamp: `?a=1${timestamp}` },
  },
  {
    title: 'the path moves into the nonce',
    forged: { target: '/api', timestamp: '/keys17047', nonce: `15200${nonce}` },
  },
];

/** Reads a message of accepted parts back: the method has no slash, the target no bracket, the rest fixed lengths. */
function readBack(message: string): SignedMessageParts {
  const bodyStart = message.search(/[{[<]|$/);
  const [timestampStart, nonceStart, targetStart] = [bodyStart - 42, bodyStart - 32, message.indexOf('/')];
  return {
    method: message.slice(0, targetStart),
    target: message.slice(targetStart, timestampStart),
    timestamp: message.slice(timestampStart, nonceStart),
    nonce: message.slice(nonceStart, bodyStart),
    body: message.slice(bodyStart),
  };
}

const characters = (alphabet: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength: length, maxLength: length });

const acceptedParts = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'M-SEARCH'),
    target: fc.string({ unit: fc.constantFrom(...'/?&=0189af%[{<"'.split('')) }).map((text) => `/${text}`),
    timestamp: characters('123456789', 10),
    nonce: characters('0123456789abcdef', 32),
    body: fc.oneof(
      fc.constant(''),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((sha256) => digestedBody(Buffer.from(sha256))),
      fc.array(fc.jsonValue()).map((elements) => JSON.stringify(elements)),
    ),
  })
  .filter((parts) => !isFault(parseRequestTarget(parts.target)));

describe('the unseparated message', () => {
  it.each(forgeries)('cannot be had by another request: $title', ({ signed, forged }) => {
    const original = { ...honest, ...signed };
    const other = { ...honest, ...signed, ...forged };
    expect(signedMessage(other)).toBe(signedMessage(original));
    expect(isAccepted(original)).toBe(true);
    expect(isAccepted(other)).toBe(false);
  });

  it('can be read back in one way only', () => {
    fc.assert(fc.property(acceptedParts, (parts) => expect(readBack(signedMessage(parts))).toEqual(parts)));
  });
});
