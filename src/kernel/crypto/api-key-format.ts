import { randomInt } from 'node:crypto';
import { sha256 } from './digest.js';

/** The labels that a key can carry. */
export const API_KEY_ENVIRONMENTS = ['prod', 'test', 'dev'] as const;
export type ApiKeyEnvironment = (typeof API_KEY_ENVIRONMENTS)[number];

/** The shape of a key; `hasValidApiKeyFormat` checks its checksum too. */
export const API_KEY_PATTERN = /^kapi_(prod|test|dev)_[0-9A-Za-z]{32}$/;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 26;
const CHECKSUM_LENGTH = 6;
const CHECKSUM_MODULUS = BigInt(ALPHABET.length ** CHECKSUM_LENGTH);
const LONGEST_KEY = 'kapi_prod_'.length + RANDOM_LENGTH + CHECKSUM_LENGTH;
const HINT_LENGTH = 4;

/** A new key: `kapi_<environment>_`, 26 random base62 characters (154 bits) and 6 of checksum. */
export function generateApiKey(environment: ApiKeyEnvironment): string {
  // randomInt draws by rejection, so no character is more likely than another.
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  const body = `kapi_${environment}_${random}`;
  return body + checksum(body);
}

/**
 * Whether `candidate` has the shape and the checksum of a key, so that a typo or a guess is refused without a lookup.
 * The checksum is no secret (anybody can compute it), so the comparison need not take constant time.
 */
export function hasValidApiKeyFormat(candidate: string): boolean {
  if (candidate.length > LONGEST_KEY || !API_KEY_PATTERN.test(candidate)) return false;
  return candidate.endsWith(checksum(candidate.slice(0, -CHECKSUM_LENGTH)));
}

/** The environment in a well-formed key; throws TypeError for any other text. */
export function apiKeyEnvironment(key: string): ApiKeyEnvironment {
  const environment = API_KEY_ENVIRONMENTS.find((name) => key.startsWith(`kapi_${name}_`));
  if (environment === undefined) throw new TypeError('the text is not an API key');
  return environment;
}

/** What may be shown of a well-formed key: its prefix and its last four characters, `kapi_prod_…Ab3d`. */
export function apiKeyHint(key: string): string {
  return `kapi_${apiKeyEnvironment(key)}_…${key.slice(-HINT_LENGTH)}`;
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
