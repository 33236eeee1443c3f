import type { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** HMAC-SHA256 of a message under a secret, text taken as UTF-8 (RFC 2104); 32 bytes. */
export function requestMac(secret: string | Buffer | KeyObject, message: string): Buffer {
  return createHmac('sha256', secret).update(message, 'utf8').digest();
}
