import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { parseAddress } from '../../../kernel/net/address.js';
import { isPublicUnicast } from '../../../kernel/net/private-range.js';

/** A webhook may not go there: the address is not a public one. Its message does not tell which address it was. */
export class BlockedTargetError extends Error {
  constructor() {
    super('the address of the endpoint is not public');
    this.name = 'BlockedTargetError';
  }
}

/** Finds the addresses of a name; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<string[]>;

/**
 * Asks the name servers directly: the operating system's own look-up would occupy one of the few threads that
 * compression and files share, for as long as a dead name server is waited for.
 */
export function nameServers(timeoutMs: number): Resolve {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (addresses.length === 0) throw failure?.reason ?? new Error('the name has no address');
    return addresses;
  };
}

/** The addresses of a name, all of them public. @throws BlockedTargetError if one is not */
export async function resolvePublicAddress(resolve: Resolve, hostname: string): Promise<string[]> {
  const addresses = await resolve(hostname);
  for (const text of addresses) {
    const address = parseAddress(text);
    if (!address || !isPublicUnicast(address)) throw new BlockedTargetError();
  }
  return addresses;
}

/**
 * The look-up of a socket. It judges the very addresses that the socket then connects to, so a name that changes between
 * a check and the connection (DNS rebinding) gains nothing.
 */
export function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolvePublicAddress(resolve, hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}
