import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { createPublicKey, verify } from 'node:crypto';
import { isFault } from '../../fault.js';
import { verifyRequestMac } from '../verify-request-mac.js';
import { fieldLines } from './field-lines.js';
import type { HttpRequest } from './http-request.js';
import type { MessageSignature } from './message-signature.js';
import { parseMessageSignatures } from './parse-message-signatures.js';
import { signatureBase } from './signature-base.js';

// RFC 9421 Appendix B.2: the test request.
const DIGEST = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';
const testRequest: HttpRequest = {
  method: 'POST',
  scheme: 'https',
  authority: 'example.com',
  target: '/foo?param=Value&Pet=dog',
  fields: fieldLines([
    'Host',
    'example.com',
    'Date',
    'Tue, 20 Apr 2021 02:07:55 GMT',
    'Content-Type',
    'application/json',
    'Content-Digest',
    DIGEST,
    'Content-Length',
    '18',
  ]),
};

/** The one signature that the fields hold; the signature's bytes do not matter here unless they are given. */
function onlySignature(input: string, signature = 'sig=:AAAA:'): MessageSignature {
  const parsed = parseMessageSignatures(input, signature);
  if (isFault(parsed)) throw new Error(parsed.fault);
  const [first] = parsed;
  if (first === undefined) throw new Error('no signature');
  return first;
}

const baseOf = (request: HttpRequest, input: string): ReturnType<typeof signatureBase> =>
  signatureBase(request, onlySignature(`sig=${input}`));

// B.2.4 signs a response, which has no place here.
const published = [
  {
    section: 'B.2.1',
    lines: [],
    params: '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
  },
  {
    section: 'B.2.2',
    lines: ['"@authority": example.com', `"content-digest": ${DIGEST}`, '"@query-param";name="Pet": dog'],
    params:
      '("@authority" "content-digest" "@query-param";name="Pet")' +
      ';created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
  },
  {
    section: 'B.2.3',
    lines: [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@method": POST',
      '"@path": /foo',
      '"@query": ?param=Value&Pet=dog',
      '"@authority": example.com',
      '"content-type": application/json',
      `"content-digest": ${DIGEST}`,
      '"content-length": 18',
    ],
    params:
      '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")' +
      ';created=1618884473;keyid="test-key-rsa-pss"',
  },
  {
    section: 'B.2.5',
    lines: ['"date": Tue, 20 Apr 2021 02:07:55 GMT', '"@authority": example.com', '"content-type": application/json'],
    params: '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  },
];

describe('the signature base of RFC 9421', () => {
  it.each(published)('is the published one of $section', ({ lines, params }) => {
    const base = [...lines, `"@signature-params": ${params}`].join('\n');
    expect(baseOf(testRequest, params)).toEqual({ base });
  });

  it('verifies the published HMAC of B.2.5, and no other', () => {
    const secret = Buffer.from(
      'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
      'base64',
    );
    const signature = onlySignature(
      'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
    );
    expect(signature).toMatchObject({ label: 'sig-b25', created: 1_618_884_473, keyid: 'test-shared-secret' });
    const verifies = (request: HttpRequest): boolean => {
      const built = signatureBase(request, signature);
      return !isFault(built) && verifyRequestMac(secret, built.base, signature.signature);
    };
    expect(verifies(testRequest)).toBe(true);
    expect(verifies({ ...testRequest, authority: 'example.org' })).toBe(false);
    expect(
      verifies({ ...testRequest, fields: new Map([...testRequest.fields, ['content-type', ['text/html']]]) }),
    ).toBe(false);
  });

  it('verifies the published Ed25519 signature of B.2.6', () => {
    const key = createPublicKey({
      key: Buffer.from('MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=', 'base64'),
      format: 'der',
      type: 'spki',
    });
    const signature = onlySignature(
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")' +
        ';created=1618884473;keyid="test-key-ed25519"',
      'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
    );
    const built = signatureBase(testRequest, signature);
    expect(!isFault(built) && verify(null, Buffer.from(built.base), key, signature.signature)).toBe(true);
  });

  it('spells the parameters strictly, in the order received, unknown ones included', () => {
    const loose = String.raw`(  "@method"   "@path"  );  created=1;  x;y=?0;z=tok/en;k="a\"b\\c";b=:AAE=:`;
    expect(baseOf(testRequest, loose)).toEqual({
      base: [
        '"@method": POST',
        '"@path": /foo',
        String.raw`"@signature-params": ("@method" "@path");created=1;x;y=?0;z=tok/en;k="a\"b\\c";b=:AAE=:`,
      ].join('\n'),
    });
  });
});

const valueIn = (request: HttpRequest, component: string): string | null => {
  const built = baseOf(request, `(${component})`);
  return isFault(built) ? null : (built.base.split('\n', 1)[0] ?? '').slice(component.length + 2);
};

describe('a component', () => {
  // RFC 9421 §2.2.2 to §2.2.8.
  it.each([
    ['"@method"', 'POST'],
    ['"@target-uri"', 'https://example.com/foo?param=Value&Pet=dog'],
    ['"@authority"', 'example.com'],
    ['"@scheme"', 'https'],
    ['"@request-target"', '/foo?param=Value&Pet=dog'],
    ['"@path"', '/foo'],
    ['"@query"', '?param=Value&Pet=dog'],
    ['"@query-param";name="param"', 'Value'],
    ['"content-length"', '18'],
  ])('%s is %s', (component, value) => {
    expect(valueIn(testRequest, component)).toBe(value);
  });

  it.each([
    ['https', 'EXAMPLE.com:443', 'example.com'],
    ['https', 'example.com:80', 'example.com:80'],
    ['http', 'Example.com:80', 'example.com'],
    ['http', '[2001:DB8::1]:8080', '[2001:db8::1]:8080'],
  ] as const)('"@authority" of %s://%s is %s', (scheme, authority, value) => {
    expect(valueIn({ ...testRequest, scheme, authority }, '"@authority"')).toBe(value);
  });

  it.each([
    ['/foo', '?'],
    ['/foo?', '?'],
    ['/foo?a=1?b', '?a=1?b'],
    ['/foo?queryString', '?queryString'],
  ])('"@query" of %s is %s', (target, value) => {
    expect(valueIn({ ...testRequest, target }, '"@query"')).toBe(value);
  });

  // The request of RFC 9421 §2.2.8.
  it.each([
    ['var', 'this%20is%20a%20big%0Amultiline%20value'],
    ['bar', 'with%20plus%20whitespace'],
    ['fa%C3%A7ade%22%3A%20', 'something'],
    ['marks', '%21%27%28%29%7E*-._'],
  ])('"@query-param" is decoded and encoded anew: %s', (name, value) => {
    const target =
      '/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace' +
      "&fa%C3%A7ade%22%3A%20=something&marks=!'()~*-._";
    expect(valueIn({ ...testRequest, target }, `"@query-param";name="${name}"`)).toBe(value);
  });

  // The fields of RFC 9421 §2.1.
  it('of a field has its lines trimmed, unfolded and joined', () => {
    const fields = fieldLines([
      'X-OWS-Header',
      '   Leading and trailing whitespace.   ',
      'X-Obs-Fold-Header',
      'Obsolete\r\n    line folding.',
      'Cache-Control',
      'max-age=60',
      'Cache-Control',
      '\t   must-revalidate',
      'X-Empty-Header',
      '',
    ]);
    const request = { ...testRequest, fields };
    expect(valueIn(request, '"x-ows-header"')).toBe('Leading and trailing whitespace.');
    expect(valueIn(request, '"x-obs-fold-header"')).toBe('Obsolete line folding.');
    expect(valueIn(request, '"cache-control"')).toBe('max-age=60, must-revalidate');
    expect(valueIn(request, '"x-empty-header"')).toBe('');
  });

  it.each([
    ['a field that is absent', '"x-absent"'],
    ['a field named like a property of Object', '"constructor"'],
    ['an unknown derived component', '"@unknown"'],
    ['a response component', '"@status"'],
    ['a derived component named like a property of Object', '"@constructor"'],
    ['a query parameter that is absent', '"@query-param";name="none"'],
    ['a query parameter without its name', '"@query-param"'],
    ['a query parameter of the related request', '"@query-param";name="Pet";req'],
    ['a strict structured field', '"content-digest";sf'],
    ['a member of a dictionary', '"content-digest";key="sha-512"'],
    ['a wrapped field', '"content-type";bs'],
    ['a trailer', '"content-type";tr'],
    ['a method of the related request', '"@method";req'],
  ])('is refused when it is %s', (_, component) => {
    expect(baseOf(testRequest, `(${component})`)).toEqual({
      fault: expect.stringMatching(/^The signature covers .*\.$/),
    });
  });

  it('is refused when it is a query parameter that occurs twice', () => {
    const request = { ...testRequest, target: '/foo?a=1&a=2' };
    expect(baseOf(request, '("@query-param";name="a")')).toHaveProperty('fault');
  });

  it.each(['1\n"@method": GET', '1\r2', '1\r\n2', 'é', '1\u0000'])('is refused when its value is %j', (value) => {
    const fields = new Map([['x-note', [value]]]);
    expect(baseOf({ ...testRequest, fields }, '("x-note")')).toHaveProperty('fault');
  });
});
