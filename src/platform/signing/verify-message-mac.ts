import { createHmac, type KeyObject } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { isSameMac, verifyRequestMac } from '../../kernel/signing/verify-request-mac.js';

/** Takes about a millisecond. */
const SLICE_LENGTH = 512 * 1024;

/**
 * As `verifyRequestMac`, of a message of ASCII that may have tens of megabytes: other requests get their turns while it
 * goes on.
 */
export async function verifyMessageMac(secret: KeyObject, message: string, signature: string): Promise<boolean> {
  if (message.length <= SLICE_LENGTH) return verifyRequestMac(secret, message, signature);
  const mac = createHmac('sha256', secret);
  for (let start = 0; start < message.length; start += SLICE_LENGTH) {
    mac.update(message.slice(start, start + SLICE_LENGTH), 'utf8');
    await setImmediate();
  }
  return isSameMac(mac.digest(), Buffer.from(signature, 'hex'));
}
