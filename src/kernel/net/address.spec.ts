import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LAST_ADDRESS, addressFrom, parseAddress } from './address.js';

describe('parseAddress', () => {
  it.each([
    ['192.0.2.10', '192.0.2.10', 0xffffc000020an, 4],
    ['0.0.0.0', '0.0.0.0', 0xffff00000000n, 4],
    ['255.255.255.255', '255.255.255.255', 0xffffffffffffn, 4],
    ['::ffff:192.0.2.10', '192.0.2.10', 0xffffc000020an, 4],
    ['::ffff:c000:20a', '192.0.2.10', 0xffffc000020an, 4],
    ['0:0:0:0:0:FFFF:C000:020A', '192.0.2.10', 0xffffc000020an, 4],
    ['0000:0000:0000:0000:0000:ffff:255.255.255.255', '255.255.255.255', 0xffffffffffffn, 4],
    ['::', '::', 0n, 6],
    ['::1', '::1', 1n, 6],
    ['::192.0.2.10', '::c000:20a', 0xc000020an, 6],
    ['64:ff9b::192.0.2.10', '64:ff9b::c000:20a', 0x64ff9b0000000000000000c000020an, 6],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304', 0x00010002000300040005000601020304n, 6],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1', 0x20010db8000000000001000000000001n, 6],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1', 0x20010db8000000010001000100010001n, 6],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', LAST_ADDRESS, 6],
  ])('reads %s as %s', (text, canonical, value, family) => {
    expect(parseAddress(text)).toEqual({ text: canonical, value, family });
  });

  it.each([
    '',
    '52.44.123.456',
    '010.0.0.1',
    '10.0.0.01',
    '1.2.3',
    '1.2.3.',
    '1.2.3.4.5',
    '1..3.4',
    '0',
    '3232235777',
    '0x7f000001',
    '0x7f.0.0.1',
    '127.1',
    '+1.2.3.4',
    '-1.2.3.4',
    '1.2.3.4e0',
    '１.2.3.4',
    ' 1.2.3.4',
    '1.2.3.4 ',
    '1.2.3.4\n',
    '1.2.3.4\0',
    '::1\0',
    '1.2.3.4:80',
    '1.2.3.4/32',
    '[::1]',
    '[::1]:80',
    'fe80::1%eth0',
    'fe80::1%1',
    '::ffff:010.0.0.1',
    '::ffff:1.2.3.256',
    ':::',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:1.2.3.4',
    'localhost',
    'unknown',
    '_hidden',
    '1'.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('agrees with the URL parser on the canonical text of every IPv6 address', () => {
    const group = fc.constantFrom('0', '0', '0', '1', '0a0', 'FFFF');
    const sparse = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':'));
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), sparse), (text) => {
        const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        const address = parseAddress(text);
        expect(parseAddress(canonical)).toEqual(address);
        if (address?.family === 6) expect(address.text).toBe(canonical);
        else expect(canonical).toMatch(/^::ffff:[0-9a-f]+:[0-9a-f]+$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never throws', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.%/ \0x'.split('')) });
    fc.assert(
      fc.property(text, (input) => {
        expect(() => parseAddress(input)).not.toThrow();
      }),
    );
  });
});

describe('addressFrom', () => {
  it('is the inverse of parseAddress, in both families', () => {
    const value = fc.oneof(
      fc.bigInt(0n, LAST_ADDRESS),
      fc.bigInt(0xffff00000000n, 0xffffffffffffn),
      fc.bigInt(0n, 0xffffn),
    );
    fc.assert(
      fc.property(value, (number) => {
        const address = addressFrom(number);
        expect(address.value).toBe(number);
        expect(parseAddress(address.text)).toEqual(address);
      }),
    );
  });
});
