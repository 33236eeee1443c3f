import { describe, expect, it } from '@jest/globals';
import { parseEndpointUrl } from './webhook-target.policy.js';

const STRICT = { allowsPrivate: false, requiresHttps: false };

function faultOf(text: string, policy = STRICT): string | null {
  const parsed = parseEndpointUrl(text, policy);
  return parsed instanceof URL ? null : parsed.fault;
}

describe('the URL of an endpoint', () => {
  it.each([
    'https://example.com/hooks?token=1',
    'http://example.com:8080/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://localhost.example.com/',
    'https://internal-hooks.example.com/',
    'https://пример.испытание/',
  ])('may be %s', (text) => {
    expect(faultOf(text)).toBeNull();
  });

  it.each([
    ['no URL', ['', 'example.com', '/path', 'https://', 'https://exa mple.com', 'https:///']],
    ['another scheme', ['ftp://example.com', 'file:///etc/passwd', 'javascript:alert(1)', 'gopher://example.com']],
    ['credentials', ['https://user@example.com/', 'https://user:pass@example.com/', 'https://:p@example.com/']],
    ['a fragment', ['https://example.com/#part']],
    [
      'loopback',
      ['http://127.0.0.1/', 'http://localhost/', 'http://LOCALHOST./', 'http://a.localhost/', 'http://[::1]/'],
    ],
    [
      'loopback in another spelling',
      [
        'http://2130706433/',
        'http://0x7f000001/',
        'http://017700000001/',
        'http://0177.0.0.1/',
        'http://127.1/',
        'http://127.0.0.1./',
        'http://0/',
        'http://①②⑦.0.0.1/',
        'http://127。0。0。1/',
        'http://%31%32%37.0.0.1/',
        'http://[::ffff:127.0.0.1]/',
        'http://[::ffff:7f00:1]/',
        'http://[0:0:0:0:0:ffff:127.0.0.1]/',
      ],
    ],
    [
      'private networks',
      ['http://10.0.0.1/', 'http://172.16.0.1/', 'http://192.168.1.1/', 'http://[fd00::1]/', 'http://[fe80::1]/'],
    ],
    ['NAT64 and 6to4 of private networks', ['http://[64:ff9b::10.0.0.1]/', 'http://[2002:7f00:1::]/']],
    [
      'metadata services',
      [
        'http://169.254.169.254/latest/meta-data/',
        'http://[fd00:ec2::254]/',
        'http://metadata.google.internal/',
        'http://metadata/',
        'http://100.100.100.200/',
        'http://2852039166/',
        'http://0xa9.0xfe.0xa9.0xfe/',
      ],
    ],
    [
      'names of the own network',
      ['http://postgres/', 'http://printer.local/', 'http://nas.home.arpa/', 'http://db.lan/'],
    ],
  ])('must not hold %s', (_kind, texts) => {
    expect(texts.filter((text) => faultOf(text) === null)).toEqual([]);
  });

  it('may point to the own machine where that is allowed, but still holds no credentials', () => {
    const policy = { allowsPrivate: true, requiresHttps: false };
    expect(faultOf('http://127.0.0.1:8080/', policy)).toBeNull();
    expect(faultOf('http://localhost:8080/', policy)).toBeNull();
    expect(faultOf('http://user@localhost:8080/', policy)).not.toBeNull();
  });

  it('must be https in production', () => {
    const policy = { allowsPrivate: false, requiresHttps: true };
    expect(faultOf('http://example.com/', policy)).toBe('must be an https:// URL');
    expect(faultOf('https://example.com/', policy)).toBeNull();
  });
});
