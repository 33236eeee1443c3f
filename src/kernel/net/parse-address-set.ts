import { parseAddressRange } from './address-range.js';
import type { AddressRange } from './address-range.js';
import { AddressSet } from './address-set.js';

/** The set of a list of addresses and CIDR ranges; throws TypeError that names the first entry that is neither. */
export function parseAddressSet(entries: readonly string[]): AddressSet {
  return AddressSet.of(entries.map(validRange));
}

function validRange(entry: string): AddressRange {
  const range = parseAddressRange(entry);
  if ('fault' in range) throw new TypeError(`${JSON.stringify(entry)} ${range.fault}`);
  return range;
}
