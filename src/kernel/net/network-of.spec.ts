import { describe, expect, it } from '@jest/globals';
import { parseAddress } from './address.js';
import { networkOf } from './network-of.js';

function network(text: string): string {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is not an address`);
  return networkOf(address);
}

describe('the network an address is counted with', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['203.0.113.255', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['::1', '::/64'],
  ])('of %s is %s', (text, expected) => {
    expect(network(text)).toBe(expected);
  });

  it('differs for neighbours beyond the /24 and the /64', () => {
    expect(network('203.0.114.7')).not.toBe(network('203.0.113.7'));
    expect(network('2001:db8:1:3::1')).not.toBe(network('2001:db8:1:2::1'));
  });
});
