import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { cookieName } from './cookie-name.js';
import { cookieValue } from './cookie-value.js';

function withCookie(cookie?: string): IncomingMessage {
  return { headers: { cookie } } as IncomingMessage;
}

describe('a cookie', () => {
  it.each([
    ['a=1', '1'],
    ['b=2; a=1', '1'],
    ['b=2;a=1;c=3', '1'],
    ['a=1=2', '1=2'],
    ['a=', ''],
  ])('of %j has the value %j', (header, value) => {
    expect(cookieValue(withCookie(header), 'a')).toBe(value);
  });

  it.each([undefined, '', 'b=2', 'aa=1', 'xa=1', 'a', 'A=1'])('is not in %j', (header) => {
    expect(cookieValue(withCookie(header), 'a')).toBeNull();
  });

  it('that came twice is neither of the two', () => {
    const value = cookieValue(withCookie('a=1; a=2'), 'a');
    expect(value).not.toBe('1');
    expect(value).not.toBe('2');
    expect(value).toContain(',');
  });

  it('is bound to the host by its name on HTTPS only, where browsers enforce that', () => {
    expect(cookieName('kindly_session', 'https://api.kindly.com')).toBe('__Host-kindly_session');
    expect(cookieName('kindly_session', 'http://localhost:3000')).toBe('kindly_session');
  });
});
