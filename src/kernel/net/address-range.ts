import { isIPv6 } from 'node:net';
import { addressFrom, parseAddress } from './address.js';
import type { IpAddress } from './address.js';

/** The addresses from `first` to `last`, both included, in the 128-bit space of `IpAddress`. */
export interface AddressRange {
  /** Canonical address, with the prefix length if one was given; an IPv4-mapped range in its IPv4 form. */
  readonly text: string;
  readonly first: bigint;
  readonly last: bigint;
}

/** Why a text is not a range: a public sentence that follows the name of the field. */
export interface AddressRangeFault {
  readonly fault: string;
}

const ADDRESS_BITS = 128;
/** The prefix length of ::ffff:0:0/96, the place of IPv4. */
const IPV4_PREFIX = 96;
const PREFIX_PATTERN = /^(0|[1-9]\d{0,2})$/;

/** Reads an address or a CIDR range (RFC 4632 §3.1, RFC 4291 §2.3) without host bits, or tells what is wrong. */
export function parseAddressRange(text: string): AddressRange | AddressRangeFault {
  const slash = text.indexOf('/');
  const notation = slash === -1 ? text : text.slice(0, slash);
  const address = parseAddress(notation);
  if (address === null) return { fault: addressFault(notation) };
  if (slash === -1) return { text: address.text, first: address.value, last: address.value };
  // Prefix lengths of the dotted notation count from the 96 bits that IPv4 has in common.
  const base = notation.includes(':') ? 0 : IPV4_PREFIX;
  const least = address.family === 4 ? IPV4_PREFIX : 0;
  const length = prefixLength(text.slice(slash + 1), base);
  if (length === null || length < least || length > ADDRESS_BITS) {
    return { fault: `prefix length must be ${least - base} to ${ADDRESS_BITS - base}` };
  }
  return cidrRange(address, length);
}

function addressFault(notation: string): string {
  const hasZone = notation.includes('%') && isIPv6(notation);
  return hasZone ? 'zone ids are not supported' : 'is not an IPv4 or IPv6 address or CIDR range';
}

/** The prefix length in the 128-bit space; null unless `text` is a decimal number without leading zeros. */
function prefixLength(text: string, base: number): number | null {
  return PREFIX_PATTERN.test(text) ? base + Number(text) : null;
}

function cidrRange(address: IpAddress, length: number): AddressRange | AddressRangeFault {
  const hostBits = (1n << BigInt(ADDRESS_BITS - length)) - 1n;
  const network = addressFrom(address.value & ~hostBits);
  const text = `${network.text}/${network.family === 4 ? length - IPV4_PREFIX : length}`;
  if (network.value !== address.value) return { fault: `has host bits set; did you mean ${text}` };
  return { text, first: network.value, last: network.value | hostBits };
}
