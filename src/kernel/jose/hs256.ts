import { Buffer } from 'node:buffer';
import { createHmac, type KeyObject } from 'node:crypto';
import { constantTimeEquals } from '../crypto/constant-time-equals.js';

/** A JWT signed with HS256 (RFC 7518 §3.2); `header` is the encoded first part, which stays the same for a kind. */
export function signHs256(header: string, claims: object, key: KeyObject): string {
  const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${input}.${mac(input, key)}`;
}

/** Whether a token's last part is its HS256 signature under this key; the same time wherever they differ. */
export function isHs256Of(token: string, key: KeyObject): boolean {
  const end = token.lastIndexOf('.');
  return end > 0 && constantTimeEquals(mac(token.slice(0, end), key), token.slice(end + 1));
}

function mac(input: string, key: KeyObject): string {
  return createHmac('sha256', key).update(input).digest('base64url');
}
