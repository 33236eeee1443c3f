import { describe, expect, it } from '@jest/globals';
import { checkPrimeSync, generateKeyPairSync, randomBytes } from 'node:crypto';
import { rsaKeyFault } from './rsa-key-fault.js';

const EXPONENT = 65_537n;

function primesFrom(first: number, count: number): bigint[] {
  const primes: bigint[] = [];
  for (let candidate = first; primes.length < count; candidate += 1) {
    if (checkPrimeSync(BigInt(candidate))) primes.push(BigInt(candidate));
  }
  return primes;
}

/** Of exactly so many bits, the first two of them set, so that a product of two such numbers has twice as many. */
function random(bits: number): bigint {
  return BigInt(`0x${randomBytes(bits / 8).toString('hex')}`) | (3n << BigInt(bits - 2));
}

function power(base: bigint, exponent: bigint, divisor: bigint): bigint {
  let [result, square] = [1n, base % divisor];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % divisor;
    square = (square * square) % divisor;
  }
  return result;
}

/** A prime as the library of CVE-2017-15361 made it for 2048-bit keys: k·M + (65537^a mod M), M the first 126 primes. */
function weakPrime(bits: number, primorial: bigint): bigint {
  for (;;) {
    const prime = (random(bits) / primorial) * primorial + power(EXPONENT, random(64), primorial);
    if (checkPrimeSync(prime)) return prime;
  }
}

const PRIMORIAL = primesFrom(2, 126).reduce((product, prime) => product * prime, 1n);

/** A number of 2048 bits without small factors that is no key of anybody's. */
function modulus(bits = 2_048): bigint {
  for (;;) {
    const candidate = random(bits) | 1n;
    if (primesFrom(3, 40).every((prime) => candidate % prime !== 0n)) return candidate;
  }
}

describe('an RSA key', () => {
  it('of the library of CVE-2017-15361 (ROCA) is refused, and says so', () => {
    const n = weakPrime(1_024, PRIMORIAL) * weakPrime(1_024, PRIMORIAL);
    expect(rsaKeyFault(n, EXPONENT)).toContain('CVE-2017-15361');
  });

  it('of OpenSSL is not taken for one of that library, nor is any other modulus', () => {
    const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' });
    expect(rsaKeyFault(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`), EXPONENT)).toBeNull();
    for (let round = 0; round < 50; round += 1) expect(rsaKeyFault(modulus(), EXPONENT)).toBeNull();
  });

  // a test prime by prime would refuse it
  it('whose residues are those of that library one by one, but of no common power, is not taken for one of it', () => {
    const primes = primesFrom(3, 38);
    const product = primes.reduce((soFar, prime) => soFar * prime, 1n);
    const residue = primes.reduce((sum, prime) => {
      const rest = product / prime;
      const power65537 = prime === 3n ? 1n : EXPONENT;
      return sum + power65537 * rest * power(rest, prime - 2n, prime);
    }, 0n);
    const even = (random(2_048) / product) * product + (residue % product);
    const n = even % 2n === 0n ? even + product : even;
    expect(primes.map((prime) => n % prime)).toEqual(primes.map((prime) => (prime === 3n ? 1n : EXPONENT % prime)));
    expect(rsaKeyFault(n, EXPONENT)).toBeNull();
  });

  it.each([
    ['1', 1n],
    ['3', 3n],
    ['65535', 65_535n],
    ['an even number', 65_538n],
    ['more than 2^32', 2n ** 32n + 1n],
    ['0', 0n],
  ])('with the exponent %s is refused, and says so', (_name, exponent) => {
    expect(rsaKeyFault(modulus(), exponent)).toContain('exponent');
  });

  it.each([
    ['2047 bits', () => modulus(2_048) >> 1n],
    ['8193 bits', () => (modulus(8_192) << 1n) | 1n],
  ])('with a modulus of %s is refused, and says so', (_name, make) => {
    expect(rsaKeyFault(make(), EXPONENT)).toContain('2048 to 8192 bits');
  });

  it.each([2n, 3n, 167n])('whose modulus %s divides is refused, and says so', (factor) => {
    const bits = 2_048;
    const n = (random(bits) / factor) * factor;
    expect(rsaKeyFault(n, EXPONENT)).toContain('small factor');
  });
});
