import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { deriveKey } from './derive-key.js';

const MIN_LENGTH = 32;
const ID_BYTES = 4;

/** A secret that seals the others, with the id that sealed values name it by. */
export interface MasterKey {
  /** Eight hex digits derived from the key; they do not lead back to it. */
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * Reads a master key: 32 random bytes as base64, base64url or hex, or any text of at least 32 characters. Its
 * characters are the HKDF input as they stand (a hex and a base64 form of the same bytes are different keys), without
 * white space around them, which a secret file may add. Throws RangeError, never quoting the text, when it is shorter.
 */
export function masterKeyFrom(text: string): MasterKey {
  const secret = text.trim();
  if (secret.length < MIN_LENGTH) throw new RangeError(`a master key needs at least ${MIN_LENGTH} characters`);
  const key = createSecretKey(secret, 'utf8');
  return { id: deriveKey(key, 'master-key-id', ID_BYTES).export().toString('hex'), key };
}
