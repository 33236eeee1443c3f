import { parseAddress } from '../../../kernel/net/address.js';
import { isPublicUnicast } from '../../../kernel/net/private-range.js';

/** What kind of targets an installation allows. */
export interface TargetPolicy {
  /** Development: machines of the own network, by any name. */
  readonly allowsPrivate: boolean;
  readonly requiresHttps: boolean;
}

/**
 * Names that mean the own machine or network: RFC 6761 and 6762, home.arpa (RFC 8375), `.internal` (reserved by ICANN,
 * where clouds keep their metadata services), `.lan` and `.home` by custom.
 */
const PRIVATE_SUFFIXES = ['localhost', 'local', 'internal', 'home.arpa', 'lan', 'home', 'intranet', 'corp', 'onion'];

/** Reads the URL of an endpoint; the URL parser turns decimal, octal, hexadecimal and short addresses into dotted ones. */
export function parseEndpointUrl(text: string, policy: TargetPolicy): URL | { readonly fault: string } {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return { fault: 'must be an absolute https:// URL' };
  if (policy.requiresHttps && url.protocol !== 'https:') return { fault: 'must be an https:// URL' };
  if (url.username !== '' || url.password !== '') return { fault: 'must not hold a user name or password' };
  if (url.hash !== '') return { fault: 'must not hold a fragment' };
  if (!policy.allowsPrivate && isPrivateHost(url.hostname)) return { fault: 'must point to a public address' };
  return url;
}

/** Whether a host name is an address that is not public, or a name that cannot be on the public Internet. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const address = parseAddress(host);
  if (address) return !isPublicUnicast(address);
  const name = host.replace(/\.+$/, '').toLowerCase();
  return !name.includes('.') || PRIVATE_SUFFIXES.some((suffix) => name.endsWith(`.${suffix}`));
}
