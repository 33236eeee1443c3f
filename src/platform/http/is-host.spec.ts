import { describe, expect, it } from '@jest/globals';
import { isHost } from './is-host.js';

describe('isHost', () => {
  it.each([
    'localhost',
    'localhost:3000',
    'api.example.com',
    'API.Example.COM.',
    'xn--bcher-kva.example:8443',
    'a_b.example',
    'b%C3%BCcher.example',
    '127.0.0.1:0',
    '127.0.0.1:65535',
    'example.com:',
    '[::1]',
    '[::1]:3000',
    '[2001:db8::192.0.2.1]:443',
  ])('takes %s', (text) => {
    expect(isHost(text)).toBe(true);
  });

  it.each([
    '',
    ' ',
    'a b',
    'user@example.com',
    'example.com/path',
    'example.com?query',
    'example.com#fragment',
    'a.example,b.example',
    'http://example.com',
    'bücher.example',
    'example.com:http',
    'example.com:65536',
    'example.com:-1',
    'example.com:80:80',
    ':80',
    'a%zz.example',
    'a\\b',
    '<script>',
    '::1',
    '[::1',
    '[]',
    '[::g]',
    '[fe80::1%25eth0]',
    '[v1.x]',
    '[::1]x',
    '[::1]:99999',
  ])('refuses "%s"', (text) => {
    expect(isHost(text)).toBe(false);
  });
});
