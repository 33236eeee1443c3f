import { FINGERPRINT_PRIMES, hasRocaFingerprint } from './has-roca-fingerprint.js';

/** NIST SP 800-131A: shorter RSA keys are no longer acceptable; longer ones than the maximum are slow to verify. */
const BITS_MIN = 2_048;
const BITS_MAX = 8_192;
/** FIPS 186-5 §A.1.1 has 2^16 < e; every real key has 65537, and a huge exponent would make each verification slow. */
const EXPONENT_MIN = 2n ** 16n;
const EXPONENT_MAX = 2n ** 32n;
const SMALL_PRIMES = [2, ...FINGERPRINT_PRIMES].map(BigInt);

/** What is wrong with an RSA public key, as a sentence about it; null: nothing that can be seen from outside. */
export function rsaKeyFault(modulus: bigint, exponent: bigint): string | null {
  const bits = modulus.toString(2).length;
  if (bits < BITS_MIN || bits > BITS_MAX) return `must have ${BITS_MIN} to ${BITS_MAX} bits if it is an RSA key`;
  if (exponent <= EXPONENT_MIN || exponent > EXPONENT_MAX || exponent % 2n === 0n) {
    return 'must have an odd exponent between 2^16 and 2^32, such as 65537';
  }
  if (SMALL_PRIMES.some((prime) => modulus % prime === 0n)) return 'has a modulus with a small factor';
  if (hasRocaFingerprint(modulus))
    return 'was made by a library whose keys can be broken (CVE-2017-15361); make a new one';
  return null;
}
