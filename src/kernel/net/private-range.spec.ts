import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FIRST_IPV4, LAST_IPV4, addressFrom, parseAddress } from './address.js';
import { isPublicUnicast } from './private-range.js';

function isPublic(text: string): boolean {
  const address = parseAddress(text);
  if (address === null) throw new TypeError(`${text} is no address`);
  return isPublicUnicast(address);
}

describe('isPublicUnicast', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '168.63.129.15',
    '168.63.129.17',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '2606:4700:4700::1111',
    '2a00:1450:4001::1',
    '2001:4860:4860::8888',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
  ])('is true for %s', (text) => {
    expect(isPublic(text)).toBe(true);
  });

  it.each([
    ['unspecified and this network', ['0.0.0.0', '0.1.2.3', '::']],
    ['loopback', ['127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']],
    ['private', ['10.0.0.1', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.1', '::ffff:10.0.0.1']],
    ['carrier-grade NAT', ['100.64.0.0', '100.127.255.255']],
    ['link-local', ['169.254.0.1', 'fe80::1', 'febf::1']],
    ['unique and site-local', ['fc00::1', 'fdff::1', 'fec0::1']],
    ['multicast and broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
    ['reserved', ['240.0.0.1', '254.0.0.1', '192.0.0.1', '192.88.99.1', '4000::1', '100::1', '5f00::1', '1fff::1']],
    ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1', '3fff:fff::1']],
    ['benchmarking', ['198.18.0.1', '198.19.255.255', '2001:2::1']],
    [
      'cloud metadata',
      ['169.254.169.254', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', '169.254.170.2'],
    ],
    ['NAT64', ['64:ff9b::10.0.0.1', '64:ff9b::169.254.169.254', '64:ff9b::127.0.0.1', '64:ff9b:1::8.8.8.8']],
    ['6to4', ['2002:a00:1::1', '2002:7f00:1::', '2002:a9fe:a9fe::1', '2002:c0a8:101::']],
    ['Teredo and ORCHID', ['2001::1', '2001:0:a00:1:0:0:f5ff:fffe', '2001:20::1']],
    ['IPv4-compatible and IPv4-translated', ['::10.0.0.1', '::8.8.8.8', '::ffff:0:8.8.8.8', '::ffff:0:a00:1']],
  ])('is false for %s addresses', (_kind, addresses) => {
    expect(addresses.filter(isPublic)).toEqual([]);
  });

  it('judges NAT64 and 6to4 as the IPv4 address that they carry', () => {
    fc.assert(
      fc.property(fc.bigInt(FIRST_IPV4, LAST_IPV4), fc.bigInt(0n, (1n << 80n) - 1n), (value, rest) => {
        const ipv4 = value - FIRST_IPV4;
        const expected = isPublicUnicast(addressFrom(value));
        expect(isPublicUnicast(addressFrom((0x64ff9bn << 96n) + ipv4))).toBe(expected);
        expect(isPublicUnicast(addressFrom((0x2002n << 112n) + (ipv4 << 80n) + rest))).toBe(expected);
      }),
    );
  });
});
