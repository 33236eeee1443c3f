import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSignedReport } from './leak-report-signature.js';

const reporter = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEYS = new Map([['key-1', reporter.publicKey]]);
const BODY = Buffer.from('[{"token":"kapi_prod_x"}]');

function signed(privateKey = reporter.privateKey, identifier = 'key-1') {
  return {
    'github-public-key-identifier': identifier,
    'github-public-key-signature': createSign('sha256').update(BODY).sign(privateKey, 'base64'),
  };
}

describe('a leak report', () => {
  it('is taken with the signature of a known reporter over its very bytes', () => {
    expect(isSignedReport(signed(), BODY, KEYS)).toBe(true);
    expect(isSignedReport(signed(), Buffer.from(`${BODY.toString()} `), KEYS)).toBe(false);
  });

  it.each([
    ['no signature', {}],
    ['no identifier', { 'github-public-key-signature': signed()['github-public-key-signature'] }],
    ['an unknown identifier', signed(reporter.privateKey, 'key-2')],
    ['another key under a known identifier', signed(stranger.privateKey)],
    ['an empty signature', { ...signed(), 'github-public-key-signature': '' }],
    ['what is no signature', { ...signed(), 'github-public-key-signature': 'AAAA' }],
  ])('is not taken with %s', (_name, headers) => {
    expect(isSignedReport(headers, BODY, KEYS)).toBe(false);
  });

  it('is taken from nobody when no reporter is known', () => {
    expect(isSignedReport(signed(), BODY, new Map())).toBe(false);
  });
});
