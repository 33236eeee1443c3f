import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { requestMac } from './request-mac.js';

/**
 * Whether `signature`, hexadecimal text or bytes, is the MAC of the message; takes the same time wherever they differ.
 *
 * Serves both schemes: a signed message, and a signature base under RFC 9421 §3.3.3 `hmac-sha256`.
 */
export function verifyRequestMac(
  secret: string | Buffer | KeyObject,
  message: string,
  signature: string | Buffer,
): boolean {
  const received = typeof signature === 'string' ? Buffer.from(signature, 'hex') : signature;
  return isSameMac(requestMac(secret, message), received);
}

/** Whether two MACs are equal; takes the same time wherever they differ. */
export function isSameMac(expected: Buffer, received: Buffer): boolean {
  return received.length === expected.length && timingSafeEqual(received, expected);
}
