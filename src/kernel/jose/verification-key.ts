import type { KeyObject } from 'node:crypto';

/** The signature algorithms that a key pair may be for (RFC 7518 §3.1, RFC 8037 §3.1); a key is good for one only. */
export const SIGNATURE_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** What `alg` may say of each: RFC 9864 §2.2 has a second name for EdDSA with Ed25519, the only curve that is taken here. */
export const ALGORITHM_NAMES: Readonly<Record<SignatureAlgorithm, readonly unknown[]>> = {
  EdDSA: ['EdDSA', 'Ed25519'],
  ES256: ['ES256'],
  RS256: ['RS256'],
};

/** A public key and the one algorithm that it verifies. */
export interface VerificationKey {
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
}
