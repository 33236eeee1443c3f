import { z } from 'zod';
import { parseAddress } from '../../kernel/net/address.js';
import { parseAddressRange } from '../../kernel/net/address-range.js';

const LIST_LENGTH_MAX = 100;

/** Input: an IPv4 or IPv6 address or CIDR range; kept in its canonical form. */
const AddressRangeInput = z
  .string()
  .max(64)
  .transform((text, context): string => {
    const range = parseAddressRange(text);
    if (!('fault' in range)) return range.text;
    context.addIssue({ code: 'custom', message: range.fault });
    return z.NEVER;
  });

/** Input: a list of addresses and ranges; null or left out: no restriction. */
export const AddressListInput = z
  .array(AddressRangeInput)
  .min(1, 'must not be empty; leave it out, or send null, for no restriction')
  .max(LIST_LENGTH_MAX)
  .nullable()
  .optional();

/** Input: one IPv4 or IPv6 address. */
export const AddressInput = z
  .string()
  .max(64)
  .transform((text, context) => {
    const address = parseAddress(text);
    if (address) return address;
    context.addIssue({ code: 'custom', message: 'is not an IPv4 or IPv6 address' });
    return z.NEVER;
  });
