import type { Principal } from '../../kernel/access/principal.js';
import { addressFrom, type IpAddress } from '../../kernel/net/address.js';

/** An IPv6 customer gets a /64 at least, and could use each of its 2^64 addresses once. */
const IPV6_HOST_BITS = 64n;

/** Whom a verified caller shares a limit with: all sessions of a user, else only requests with the same credential. */
export function bucketOfPrincipal({ kind, userId, credentialId }: Principal): string {
  return kind === 'session' ? `user:${userId}` : `${kind}:${credentialId}`;
}

/** Whom a stranger shares a limit with: everyone behind one IPv4 address or in one IPv6 /64. */
export function bucketOfAddress(address: IpAddress | null): string {
  if (!address) return 'address:unknown';
  if (address.family === 4) return `address:${address.text}`;
  const network = addressFrom((address.value >> IPV6_HOST_BITS) << IPV6_HOST_BITS);
  return `address:${network.text}/64`;
}
