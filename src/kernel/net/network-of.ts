import { addressFrom, type IpAddress } from './address.js';

/** Bits that vary within the network of one subscriber: an IPv4 /24, an IPv6 /64. */
const HOST_BITS = { 4: 8n, 6: 64n } as const;
const PREFIX = { 4: 24, 6: 64 } as const;

/**
 * The network that an address is counted with where single addresses are too cheap to tell callers apart:
 * `203.0.113.0/24`, `2001:db8::/64`.
 */
export function networkOf(address: IpAddress): string {
  const { family, value } = address;
  const bits = HOST_BITS[family];
  return `${addressFrom((value >> bits) << bits).text}/${PREFIX[family]}`;
}
