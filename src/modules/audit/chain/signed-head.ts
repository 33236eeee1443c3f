import { sign, verify } from 'node:crypto';
import { lengthPrefixed } from '../../../kernel/crypto/length-prefixed.js';
import type { ChainPosition } from './chain-hash.js';
import type { SigningKey } from './signing-key.queries.js';

/** `head`: this is the end of the chain now. `floor`: everything up to here was deleted because its time was over. */
export type HeadKind = 'head' | 'floor';

/** A position of the chain that a key of the trail vouches for. */
export interface SignedHead extends ChainPosition {
  readonly kind: HeadKind;
  /** Epoch milliseconds. */
  readonly signedAtMs: number;
  readonly keyId: string;
  /** Ed25519 in hex. */
  readonly signature: string;
}

type UnsignedHead = Omit<SignedHead, 'signature' | 'keyId'>;

/** Signs a position at a moment (epoch milliseconds). */
export function signHead(
  key: SigningKey,
  kind: HeadKind,
  { sequence, hash }: ChainPosition,
  nowMs: number,
): SignedHead {
  const head: UnsignedHead = { kind, sequence, hash, signedAtMs: nowMs };
  const signature = sign(null, messageOf(head), key.privateKey).toString('hex');
  return { ...head, keyId: key.id, signature };
}

/** Whether one of the keys has signed exactly this. */
export function isHeadGenuine(head: SignedHead, keys: readonly SigningKey[]): boolean {
  const key = keys.find(({ id }) => id === head.keyId);
  return key !== undefined && verify(null, messageOf(head), key.publicKey, Buffer.from(head.signature, 'hex'));
}

function messageOf({ kind, sequence, hash, signedAtMs }: UnsignedHead): Buffer {
  return lengthPrefixed(['kindly-audit-head-v1', kind, String(sequence), hash, String(signedAtMs)]);
}
