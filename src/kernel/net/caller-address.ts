import { parseAddress } from './address.js';
import type { IpAddress } from './address.js';
import type { AddressSet } from './address-set.js';

/** What a request tells about where it comes from. */
export interface CallerEvidence {
  /** The remote address of the socket. */
  readonly peer: string;
  /** The values of all X-Forwarded-For headers, in the order in which they came. */
  readonly forwardedFor: readonly string[];
  /** The proxies whose X-Forwarded-For is believed. */
  readonly trusted: AddressSet;
}

/**
 * The address of the caller: the peer or, behind trusted proxies, the right-most hop of X-Forwarded-For that is not
 * one of them. Each trusted proxy vouches for the hop to its left only, so the walk ends at a hop that does not parse,
 * with the last trusted address. Null when the peer itself does not parse.
 */
export function callerAddress({ peer, forwardedFor, trusted }: CallerEvidence): IpAddress | null {
  let caller = parseAddress(peer);
  if (caller === null || !trusted.has(caller) || forwardedFor.length === 0) return caller;
  for (const hop of forwardedFor.join(',').split(',').toReversed()) {
    const address = parseAddress(hop.trim());
    if (address === null) break;
    caller = address;
    if (!trusted.has(caller)) break;
  }
  return caller;
}
