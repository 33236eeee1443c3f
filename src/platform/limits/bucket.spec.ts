import { describe, expect, it } from '@jest/globals';
import { assert, bigInt, property } from 'fast-check';
import type { Principal } from '../../kernel/access/principal.js';
import { addressFrom, parseAddress } from '../../kernel/net/address.js';
import { bucketOfAddress, bucketOfPrincipal } from './bucket.js';

function bucketOf(text: string): string {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return bucketOfAddress(address);
}

describe('the bucket of an address', () => {
  it('is the address itself for IPv4, also when it comes mapped into IPv6', () => {
    expect(bucketOf('192.0.2.10')).toBe('address:192.0.2.10');
    expect(bucketOf('::ffff:192.0.2.10')).toBe('address:192.0.2.10');
    expect(bucketOf('192.0.2.11')).not.toBe(bucketOf('192.0.2.10'));
  });

  it('is the /64 for IPv6, whatever the spelling', () => {
    expect(bucketOf('2001:db8:1:2::1')).toBe('address:2001:db8:1:2::/64');
    expect(bucketOf('2001:0DB8:1:2:ffff:ffff:ffff:ffff')).toBe('address:2001:db8:1:2::/64');
    expect(bucketOf('2001:db8:1:3::1')).not.toBe(bucketOf('2001:db8:1:2::1'));
  });

  it('holds exactly the addresses that share their first 64 bits', () => {
    const high = bigInt({ min: 1n, max: 2n ** 64n - 1n });
    const low = bigInt({ min: 0n, max: 2n ** 64n - 1n });
    assert(
      property(high, high, low, low, (networkA, networkB, hostA, hostB) => {
        const a = bucketOfAddress(addressFrom((networkA << 64n) + hostA));
        const b = bucketOfAddress(addressFrom((networkB << 64n) + hostB));
        expect(a === b).toBe(networkA === networkB);
      }),
    );
  });

  it('is one for all callers whose address is not known, so that they are limited too', () => {
    expect(bucketOfAddress(null)).toBe('address:unknown');
  });
});

function principal(fields: Partial<Principal>): Principal {
  return fields as Principal;
}

describe('the bucket of a principal', () => {
  it('is shared by all sessions of a user', () => {
    const first = principal({ kind: 'session', userId: 'u1', credentialId: 's1' });
    const second = principal({ kind: 'session', userId: 'u1', credentialId: 's2' });
    expect(bucketOfPrincipal(first)).toBe(bucketOfPrincipal(second));
  });

  it.each(['api_key', 'service_account', 'oauth'] as const)('is the credential itself for %s', (kind) => {
    const first = principal({ kind, userId: 'u1', credentialId: 'c1' });
    const second = principal({ kind, userId: 'u1', credentialId: 'c2' });
    const session = principal({ kind: 'session', userId: 'u1', credentialId: 'c1' });
    expect(bucketOfPrincipal(first)).not.toBe(bucketOfPrincipal(second));
    expect(bucketOfPrincipal(first)).not.toBe(bucketOfPrincipal(session));
  });
});
