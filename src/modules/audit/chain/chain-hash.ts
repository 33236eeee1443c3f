import { createHash } from 'node:crypto';

/** What the first link of a trail follows. */
export const CHAIN_START: ChainPosition = { sequence: 0, hash: '0'.repeat(64) };

/** A place in the chain: how many rows it has, and the hash over all of them, in hex. */
export interface ChainPosition {
  readonly sequence: number;
  readonly hash: string;
}

/** The hash of a link: SHA-256 over the hash before it and the digest of its row (both hex), so that it vouches for all. */
export function chainHash(previousHash: string, rowDigest: string): string {
  return createHash('sha256').update(previousHash, 'hex').update(rowDigest, 'hex').digest('hex');
}
