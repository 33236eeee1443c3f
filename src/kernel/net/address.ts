import { isIPv4, isIPv6 } from 'node:net';
import { ipv6Text, ipv6Value } from './ipv6-text.js';

/** An address in the 128-bit space, where an IPv4 address and its IPv4-mapped form (RFC 4291 §2.5.5.2) are one. */
export interface IpAddress {
  /** Canonical: dotted decimal for IPv4, mapped or not; RFC 5952 for IPv6. */
  readonly text: string;
  /** 0 to 2^128 − 1; an IPv4 address lies in ::ffff:0:0/96. */
  readonly value: bigint;
  readonly family: 4 | 6;
}

/** The first and the last value of ::ffff:0:0/96, the place of IPv4. */
export const FIRST_IPV4 = 0xffff_0000_0000n;
export const LAST_IPV4 = 0xffff_ffff_ffffn;
/** The last value of the 128-bit space. */
export const LAST_ADDRESS = (1n << 128n) - 1n;

/**
 * Reads an IPv4 address (four decimal parts without leading zeros) or an IPv6 address (RFC 4291 §2.2), and nothing
 * else: short, octal and single-number forms, zone ids, brackets, ports and spaces give null.
 */
export function parseAddress(text: string): IpAddress | null {
  if (isIPv4(text)) return { text, value: FIRST_IPV4 + BigInt(ipv4Number(text)), family: 4 };
  // isIPv6 accepts zone ids, which mean nothing on another machine.
  if (!isIPv6(text) || text.includes('%')) return null;
  return addressFrom(ipv6Value(text));
}

/** The address with the given value (0 to 2^128 − 1). */
export function addressFrom(value: bigint): IpAddress {
  const isIpv4 = value >= FIRST_IPV4 && value <= LAST_IPV4;
  return isIpv4
    ? { text: ipv4Text(Number(value - FIRST_IPV4)), value, family: 4 }
    : { text: ipv6Text(value), value, family: 6 };
}

function ipv4Number(text: string): number {
  let value = 0;
  for (const part of text.split('.')) value = value * 256 + Number(part);
  return value;
}

function ipv4Text(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}
