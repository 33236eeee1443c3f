import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { lengthPrefixed } from './length-prefixed.js';

/**
 * HMAC-SHA256 (RFC 2104) of a list of parts as 64 lower-case hex digits; without the key nobody can compute or guess
 * it, and the boundaries between the parts count.
 */
export function fingerprint(key: KeyObject, ...parts: (string | Buffer)[]): string {
  return createHmac('sha256', key).update(lengthPrefixed(parts)).digest('hex');
}
