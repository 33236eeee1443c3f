/** The generator of the flawed library. */
const GENERATOR = 65_537;

/** The primes of the published fingerprint (Nemec et al., CCS 2017, §3.1); larger keys of that library have it as well. */
export const FINGERPRINT_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
] as const;

/** The powers of the generator modulo a prime. */
interface Subgroup {
  readonly prime: bigint;
  /** The exponent of each power; as many as the generator's order. */
  readonly exponents: ReadonlyMap<number, number>;
}

let subgroups: readonly Subgroup[] | undefined;

/**
 * Whether an RSA modulus is of the library of CVE-2017-15361 (ROCA), whose private keys can be computed: its primes are
 * k·M + (65537^a mod M), M a product of the first primes, so that the modulus is a power of 65537 modulo each of them.
 * That is, its discrete logarithms to 65537 exist for each prime and are those of one number. By chance that is so for
 * fewer than one modulus in 2^100.
 */
export function hasRocaFingerprint(modulus: bigint): boolean {
  subgroups ??= FINGERPRINT_PRIMES.map(subgroupOf);
  const seen: { exponent: number; order: number }[] = [];
  return subgroups.every(({ prime, exponents }) => {
    const exponent = exponents.get(Number(modulus % prime));
    if (exponent === undefined) return false;
    const order = exponents.size;
    const isCommon = seen.every((other) => (exponent - other.exponent) % gcd(order, other.order) === 0);
    seen.push({ exponent, order });
    return isCommon;
  });
}

function subgroupOf(prime: number): Subgroup {
  const exponents = new Map<number, number>();
  for (let power = 1; !exponents.has(power); power = (power * GENERATOR) % prime) exponents.set(power, exponents.size);
  return { prime: BigInt(prime), exponents };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
