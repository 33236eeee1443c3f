import { describe, expect, it } from '@jest/globals';
import { AddressSet } from './address-set.js';
import { callerAddress } from './caller-address.js';
import { parseAddressSet } from './parse-address-set.js';

const trusted = parseAddressSet(['10.0.0.0/8', '2001:db8:ffff::/48']);

function caller(peer: string, ...forwardedFor: string[]): string | undefined {
  return callerAddress({ peer, forwardedFor, trusted })?.text;
}

describe('callerAddress', () => {
  it('is the peer, whatever the header says, unless the peer is a trusted proxy', () => {
    expect(caller('192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
    expect(caller('192.0.2.1', '10.0.0.1')).toBe('192.0.2.1');
    const nobody = { peer: '10.0.0.1', forwardedFor: ['198.51.100.7'], trusted: AddressSet.nothing };
    expect(callerAddress(nobody)?.text).toBe('10.0.0.1');
  });

  it.each<[string, string[], string]>([
    ['no header', [], '10.0.0.1'],
    ['one hop', ['198.51.100.7'], '198.51.100.7'],
    ['a forged hop on the left', ['203.0.113.9, 198.51.100.7'], '198.51.100.7'],
    ['a forged hop that claims to be a proxy', ['10.9.9.9, 198.51.100.7'], '198.51.100.7'],
    ['two trusted proxies', ['203.0.113.9, 198.51.100.7, 10.0.0.2'], '198.51.100.7'],
    ['several headers, joined in order', ['203.0.113.9', '198.51.100.7', '10.0.0.2'], '198.51.100.7'],
    ['white space and tabs', [' 203.0.113.9 ,\t198.51.100.7\t'], '198.51.100.7'],
    ['proxies only', ['10.0.0.3,10.0.0.2'], '10.0.0.3'],
    ['an IPv6 caller', ['2001:DB8:0::7'], '2001:db8::7'],
    ['an IPv6 proxy', ['198.51.100.7, 2001:db8:ffff::1'], '198.51.100.7'],
    ['an IPv4-mapped caller', ['::ffff:198.51.100.7'], '198.51.100.7'],
    ['an IPv4-mapped proxy', ['198.51.100.7, ::ffff:a00:2'], '198.51.100.7'],
    ['an unparsable hop', ['198.51.100.7, unknown'], '10.0.0.1'],
    ['an unparsable hop behind a proxy', ['198.51.100.7, unknown, 10.0.0.2'], '10.0.0.2'],
    ['an unparsable hop further left, which nobody vouches for', ['junk, 198.51.100.7'], '198.51.100.7'],
    ['an octal hop', ['198.51.100.7, 010.0.0.2'], '10.0.0.1'],
    ['a hop with a port', ['198.51.100.7:4711'], '10.0.0.1'],
    ['a hop with a zone', ['fe80::1%eth0'], '10.0.0.1'],
    ['an empty header', [''], '10.0.0.1'],
    ['an empty hop', ['198.51.100.7,'], '10.0.0.1'],
    ['an empty header after a full one', ['198.51.100.7', ''], '10.0.0.1'],
    ['a quoted hop', ['"198.51.100.7"'], '10.0.0.1'],
  ])('behind a proxy, with %s', (_case, forwardedFor, expected) => {
    expect(caller('10.0.0.1', ...forwardedFor)).toBe(expected);
  });

  it('knows a proxy that connects over a dual-stack socket', () => {
    expect(caller('::ffff:10.0.0.1', '198.51.100.7')).toBe('198.51.100.7');
    expect(caller('::ffff:192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
  });

  it.each(['', 'unknown', 'fe80::1%eth0', '/run/app.sock'])(
    'is null when the peer is %j, not what the header says',
    (peer) => {
      expect(callerAddress({ peer, forwardedFor: ['198.51.100.7'], trusted: AddressSet.everything })).toBeNull();
    },
  );
});
