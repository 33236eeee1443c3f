import { describe, expect, it } from '@jest/globals';
import { isRedirectUri, redirectUriFault } from './redirect-uri.js';

describe('a redirect URI', () => {
  it.each([
    'https://app.example.com/callback',
    'https://app.example.com',
    'https://app.example.com:8443/callback?tenant=1&x=a%20b',
    'https://APP.example.com/callback',
    'https://xn--bcher-kva.example/callback',
    'https://8.8.8.8/callback',
    'https://[2606:4700::1111]:8443/callback',
    'https://app.example.com/@me?a=b@c',
    'com.example.app://host/callback',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:51004/callback',
    'http://[::1]:51004/callback',
    'http://localhost:3000/callback',
    'com.example.app:/callback',
    'com.example.app://callback',
  ])('can be %s', (uri) => {
    expect(redirectUriFault(uri)).toBeNull();
  });

  it.each([
    ['http elsewhere', 'http://app.example.com/callback'],
    ['http on a name that begins like loopback', 'http://localhost.evil.example/callback'],
    ['http on an address that begins like loopback', 'http://127.0.0.1.evil.example/callback'],
    ['loopback as a user name', 'http://127.0.0.1:80@evil.example/callback'],
    ['a user name', 'https://user@app.example.com/callback'],
    ['a password', 'https://user:secret@app.example.com/callback'],
    ['an empty user name', 'https://@app.example.com/callback'],
    ['an empty user name and password', 'https://:@app.example.com/callback'],
    ['an empty user name in a scheme of its own', 'com.example.app://@callback'],
    ['an @ in an escape before the host', 'https://app.example.com%40evil.example/callback'],
    ['a hexadecimal address', 'https://0x7f.1/callback'],
    ['a decimal address', 'https://2130706433/callback'],
    ['an octal address', 'https://0177.0.0.1/callback'],
    ['a short address', 'https://127.1/callback'],
    ['an address with zeros before it', 'https://008.8.8.8/callback'],
    ['an IPv6 address in a longer form', 'https://[2606:4700:0:0::1111]/callback'],
    ['an escape in its host', 'https://ex%61mple.com/callback'],
    ['a dot after its host', 'https://app.example.com./callback'],
    ['a dot after an address', 'https://8.8.8.8./callback'],
    ['an empty port', 'https://app.example.com:/callback'],
    ['a port with a zero before it', 'https://app.example.com:0443/callback'],
    ['port 0', 'http://127.0.0.1:0/callback'],
    ['an empty label', 'https://app..example.com/callback'],
    ['a fragment', 'https://app.example.com/callback#x'],
    ['an empty fragment', 'https://app.example.com/callback#'],
    ['a wildcard host', 'https://*.example.com/callback'],
    ['a wildcard path', 'https://app.example.com/*'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a file', 'file:///etc/passwd'],
    ['a scheme without a dot', 'myapp:/callback'],
    ['no scheme', '//app.example.com/callback'],
    ['a path', '/callback'],
    ['a backslash', 'https://app.example.com\\@evil.example/'],
    ['a line break', 'https://app.example.com/\r\nx'],
    ['a blank', 'https://app.example.com/a b'],
    ['letters beyond ASCII', 'https://äpp.example.com/'],
    ['no host', 'https:///callback'],
    ['a code of its own', 'https://app.example.com/callback?x=1&code=planted'],
    ['a state of its own, in an escape', 'https://app.example.com/callback?st%61te=planted'],
    ['an issuer of its own', 'com.example.app:/callback?iss=https://evil.example'],
    ['one slash', 'https:/app.example.com/callback'],
    ['nothing', ''],
    ['no end', `https://app.example.com/${'x'.repeat(2_048)}`],
  ])('cannot have %s', (_name, uri) => {
    expect(redirectUriFault(uri)).toEqual(expect.any(String));
  });
});

describe('a presented redirect URI', () => {
  const registered = 'https://app.example.com/callback';

  it('is the registered one character by character', () => {
    expect(isRedirectUri(registered, registered)).toBe(true);
    for (const other of [
      `${registered}/`,
      `${registered}?x=1`,
      `${registered}#x`,
      `${registered}/../callback`,
      'https://app.example.com/Callback',
      'https://APP.example.com/callback',
      'HTTPS://app.example.com/callback',
      'https://app.example.com:443/callback',
      'https://app.example.com:8443/callback',
      'http://app.example.com/callback',
      'https://app.example.com/%63allback',
      'https://app.example.com.evil.example/callback',
      'https://evil.example/app.example.com/callback',
      'https://user@app.example.com/callback',
      'https://app.example.com',
      ' https://app.example.com/callback',
    ]) {
      expect({ other, matches: isRedirectUri(registered, other) }).toEqual({ other, matches: false });
    }
  });

  it('may have any port on loopback, and nothing else of its own', () => {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      expect(isRedirectUri(`http://${host}/cb`, `http://${host}:51004/cb`)).toBe(true);
      expect(isRedirectUri(`http://${host}:1/cb`, `http://${host}:2/cb`)).toBe(true);
      expect(isRedirectUri(`http://${host}/cb`, `http://${host}:51004/cb/x`)).toBe(false);
      expect(isRedirectUri(`http://${host}/cb`, `http://${host}:51004@evil.example/cb`)).toBe(false);
      expect(isRedirectUri(`http://${host}/cb`, `http://${host}.evil.example/cb`)).toBe(false);
      expect(isRedirectUri(`http://${host}/cb`, `https://${host}:51004/cb`)).toBe(false);
    }
    expect(isRedirectUri('http://127.0.0.1/cb', 'http://localhost/cb')).toBe(false);
    expect(isRedirectUri('http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb')).toBe(false);
  });
});
