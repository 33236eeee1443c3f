import { createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const DEFAULT_LENGTH_BYTES = 32;
/** RFC 5869 §3.1 allows no salt: the input is a random secret, and `info` keeps the derived keys apart. */
const NO_SALT = '';

/**
 * The key for one purpose of a secret: HKDF-SHA256 (RFC 5869) with the info `kindly/v1/<purpose>`, so that keys of
 * different purposes tell nothing about each other or the secret. `lengthBytes` is 1 to 8160 (255 digests).
 */
export function deriveKey(
  secret: string | Buffer | KeyObject,
  purpose: string,
  lengthBytes: number = DEFAULT_LENGTH_BYTES,
): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, NO_SALT, `kindly/v1/${purpose}`, lengthBytes)));
}
