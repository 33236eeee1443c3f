import { describe, expect, it } from '@jest/globals';
import { LAST_ADDRESS } from './address.js';
import { parseAddressRange } from './address-range.js';

const NO_ADDRESS = 'is not an IPv4 or IPv6 address or CIDR range';

describe('parseAddressRange', () => {
  it.each([
    ['192.0.2.10', '192.0.2.10', 0xffffc000020an, 0xffffc000020an],
    ['::ffff:192.0.2.10', '192.0.2.10', 0xffffc000020an, 0xffffc000020an],
    ['::ffff:c000:20a', '192.0.2.10', 0xffffc000020an, 0xffffc000020an],
    ['192.0.2.10/32', '192.0.2.10/32', 0xffffc000020an, 0xffffc000020an],
    ['10.0.0.0/8', '10.0.0.0/8', 0xffff0a000000n, 0xffff0affffffn],
    ['0.0.0.0/0', '0.0.0.0/0', 0xffff00000000n, 0xffffffffffffn],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8', 0xffff0a000000n, 0xffff0affffffn],
    ['::ffff:0:0/96', '0.0.0.0/0', 0xffff00000000n, 0xffffffffffffn],
    ['::FFFF:192.0.2.10/128', '192.0.2.10/32', 0xffffc000020an, 0xffffc000020an],
    ['::/0', '::/0', 0n, LAST_ADDRESS],
    ['2001:DB8:0::/32', '2001:db8::/32', 0x20010db8n << 96n, (0x20010db9n << 96n) - 1n],
    ['::1/128', '::1/128', 1n, 1n],
    ['2001:db8::/127', '2001:db8::/127', 0x20010db8n << 96n, (0x20010db8n << 96n) + 1n],
  ])('reads %s as %s', (input, text, first, last) => {
    expect(parseAddressRange(input)).toEqual({ text, first, last });
  });

  it.each([
    ['', NO_ADDRESS],
    ['52.44.123.456', NO_ADDRESS],
    ['010.0.0.1', NO_ADDRESS],
    ['1.2.3', NO_ADDRESS],
    ['0/0', NO_ADDRESS],
    ['10/8', NO_ADDRESS],
    ['/8', NO_ADDRESS],
    ['*', NO_ADDRESS],
    ['10.0.0.0-10.0.0.9', NO_ADDRESS],
    [' 10.0.0.0/8', NO_ADDRESS],
    ['10.0.0.0 /8', NO_ADDRESS],
    ['100%', NO_ADDRESS],
    ['1.2.3.4%eth0', NO_ADDRESS],
    ['fe80::1%eth0', 'zone ids are not supported'],
    ['fe80::%eth0/64', 'zone ids are not supported'],
    ['10.0.0.0/33', 'prefix length must be 0 to 32'],
    ['10.0.0.0/', 'prefix length must be 0 to 32'],
    ['10.0.0.0/08', 'prefix length must be 0 to 32'],
    ['10.0.0.0/+8', 'prefix length must be 0 to 32'],
    ['10.0.0.0/-1', 'prefix length must be 0 to 32'],
    ['10.0.0.0/8.0', 'prefix length must be 0 to 32'],
    ['10.0.0.0/8/8', 'prefix length must be 0 to 32'],
    ['10.0.0.0/8 ', 'prefix length must be 0 to 32'],
    ['10.0.0.0/255.0.0.0', 'prefix length must be 0 to 32'],
    ['10.0.0.0/4294967304', 'prefix length must be 0 to 32'],
    ['2001:db8::/129', 'prefix length must be 0 to 128'],
    ['::ffff:10.0.0.0/8', 'prefix length must be 96 to 128'],
    ['::ffff:0:0/95', 'prefix length must be 96 to 128'],
    ['::ffff:10.0.0.0/129', 'prefix length must be 96 to 128'],
    ['10.0.0.1/8', 'has host bits set; did you mean 10.0.0.0/8'],
    ['255.255.255.255/0', 'has host bits set; did you mean 0.0.0.0/0'],
    ['::ffff:10.0.0.1/104', 'has host bits set; did you mean 10.0.0.0/8'],
    ['2001:db8::1/64', 'has host bits set; did you mean 2001:db8::/64'],
  ])('refuses %j: %s', (input, fault) => {
    expect(parseAddressRange(input)).toEqual({ fault });
  });
});
