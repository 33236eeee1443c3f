import { FIRST_IPV4, addressFrom } from './address.js';
import type { IpAddress } from './address.js';
import { parseAddressSet } from './parse-address-set.js';

/** The IANA IPv4 special-purpose registry (RFC 6890), with multicast, class E and the metadata addresses of clouds. */
const SPECIAL_IPV4 = parseAddressSet([
  '0.0.0.0/8', // "this network", RFC 791 §3.2; Linux connects 0.0.0.0 to the machine itself
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // carrier-grade NAT, RFC 6598; holds 100.100.100.200, metadata at Alibaba Cloud
  '127.0.0.0/8', // loopback, RFC 1122 §3.2.1.3
  '168.63.129.16', // Azure's virtual host, which looks like a public address
  '169.254.0.0/16', // link-local, RFC 3927; holds 169.254.169.254, metadata at most clouds
  '172.16.0.0/12', // private, RFC 1918
  '192.0.0.0/24', // IETF protocol assignments, RFC 6890; holds 192.0.0.192, metadata at Oracle Cloud
  '192.0.2.0/24', // documentation, RFC 5737
  '192.31.196.0/24', // AS112, RFC 7535
  '192.52.193.0/24', // AMT, RFC 7450
  '192.88.99.0/24', // 6to4 relay anycast, RFC 7526
  '192.168.0.0/16', // private, RFC 1918
  '192.175.48.0/24', // AS112, RFC 7534
  '198.18.0.0/15', // benchmarking, RFC 2544
  '198.51.100.0/24', // documentation, RFC 5737
  '203.0.113.0/24', // documentation, RFC 5737
  '224.0.0.0/4', // multicast, RFC 5771
  '240.0.0.0/4', // reserved, RFC 1112 §4, and broadcast
]);

const PUBLIC_IPV4 = parseAddressSet(['0.0.0.0/0']).minus(SPECIAL_IPV4);

/** What IANA has taken out of 2000::/3 for special purposes. */
const SPECIAL_IPV6 = parseAddressSet([
  '2001::/23', // IETF protocol assignments, RFC 2928: Teredo, ORCHID, benchmarking, anycast services
  '2001:db8::/32', // documentation, RFC 3849
  '2620:4f:8000::/48', // AS112, RFC 7534
  '3fff::/20', // documentation, RFC 9637
]);

/**
 * Global unicast, RFC 4291 §2.4 as IANA delegates it. All that lies outside is not public: loopback, IPv4-compatible,
 * discard, unique local (with the metadata address fd00:ec2::254), link-local, site-local and multicast.
 */
const PUBLIC_IPV6 = parseAddressSet(['2000::/3']).minus(SPECIAL_IPV6);

const NAT64 = parseAddressSet(['64:ff9b::/96']); // RFC 6052 §2.1: the last 32 bits are the IPv4 address
const SIX_TO_FOUR = parseAddressSet(['2002::/16']); // RFC 3056 §2: the IPv4 address follows the prefix

/**
 * Whether a request may go to `address` without reaching a machine inside some network: false for every private and
 * special-purpose address, also when NAT64 or 6to4 carries it. A network's own NAT64 prefix cannot be recognised.
 */
export function isPublicUnicast(address: IpAddress): boolean {
  if (NAT64.has(address)) return PUBLIC_IPV4.has(embeddedIpv4(address, 0));
  if (SIX_TO_FOUR.has(address)) return PUBLIC_IPV4.has(embeddedIpv4(address, 80));
  return (address.family === 4 ? PUBLIC_IPV4 : PUBLIC_IPV6).has(address);
}

/** The IPv4 address whose last bit has `lowerBits` bits of `address` after it. */
function embeddedIpv4(address: IpAddress, lowerBits: number): IpAddress {
  return addressFrom(FIRST_IPV4 + BigInt.asUintN(32, address.value >> BigInt(lowerBits)));
}
