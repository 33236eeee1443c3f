import { randomInt } from 'node:crypto';
import { sha256 } from './digest.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 26;
const CHECKSUM_LENGTH = 6;
const CHECKSUM_MODULUS = BigInt(ALPHABET.length ** CHECKSUM_LENGTH);

/** How many characters follow the prefix of a token. */
export const TOKEN_BODY_LENGTH = RANDOM_LENGTH + CHECKSUM_LENGTH;

/** A new token: the prefix, 26 random base62 characters (154 bits) and 6 of checksum. */
export function generateToken(prefix: string): string {
  // randomInt draws by rejection, so no character is more likely than another.
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  const body = prefix + random;
  return body + checksum(body);
}

/**
 * Whether a text ends with the checksum of what precedes it, so that a typo or a guess is refused without a lookup.
 * The checksum is no secret (anybody can compute it), so the comparison need not take constant time.
 */
export function hasValidChecksum(token: string): boolean {
  return token.endsWith(checksum(token.slice(0, -CHECKSUM_LENGTH)));
}

/** The first 64 bits (big-endian) of the SHA-256 of `body`, modulo 62^6, as six base62 digits. */
function checksum(body: string): string {
  let rest = Number(sha256(body).readBigUInt64BE(0) % CHECKSUM_MODULUS);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
