import { timingSafeEqual } from 'node:crypto';

/**
 * Whether two secrets are the same bytes (strings as UTF-8), in a time that depends on their lengths only. The length
 * is no secret here: tokens, digests and codes have a fixed one.
 */
export function constantTimeEquals(a: string | Buffer, b: string | Buffer): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
