import { describe, expect, it } from '@jest/globals';
import { parseRequestTarget } from './parse-request-target.js';

describe('a request target', () => {
  it.each([
    '/',
    '/api/keys',
    '/api/keys/0190c7a2-7b1e-7c3a-9c1e-0123456789ab/rotate',
    '/api/keys?limit=20&cursor=abc_-.~',
    '/api/keys?',
    '/.well-known/openid-configuration',
    '/api/..a/a..b/...',
    '/api/caf%C3%A9/a%20b/%7Bid%7D',
    '/api/usage?from=2024-01-08T12:00:00%2B02:00&q=a%2Fb',
    '/api/search?next=https://example.com//a/../b?c',
  ])('is accepted as received: %s', (target) => {
    expect(parseRequestTarget(target)).toEqual({ path: target });
  });

  it.each([
    '',
    'api/keys',
    '*',
    '?a=1',
    'http://example.com/api/keys',
    'https://example.com',
    '//example.com/api',
    'example.com:443',
    '/api//keys',
    '/api/keys//',
    '/./api',
    '/api/.',
    '/api/..',
    '/api/../admin',
    '/api/%2e%2e/admin',
    '/api/%2E/keys',
    '/api/.%2e/admin',
    '/api%2fkeys',
    '/api%2Fkeys',
    '/api%5ckeys',
    String.raw`/api\keys`,
    '/api%00',
    '/%61pi/keys',
    '/api/key%73',
    '/api/%5Fkeys',
    '/api/%7ekeys',
    '/api/%2Dkeys',
    '/api/%30',
    '/api/keys;v=1',
    '/api/keys?a=1;b=2',
    '/api/<keys>',
    '/api/keys?a=<b>',
    '/api/keys#top',
    '/api/keys?a#top',
    '/api/keys?a={}',
    '/api/keys?a[]=1',
    '/api/keys?a="b"',
    '/api/ke ys',
    '/api/keys?a=b c',
    '/api/keys\n',
    '/api/keys?a\n',
    '/api/keys\u0000',
    '/api/café',
    '/api/keys?q=é',
    '/api/%',
    '/api/%4',
    '/api/%zz',
    '/api/keys?a=%',
    '/api/keys?a=%g0',
  ])('is refused: %j', (target) => {
    expect(parseRequestTarget(target)).toEqual({ fault: expect.stringMatching(/\.$/) });
  });
});
