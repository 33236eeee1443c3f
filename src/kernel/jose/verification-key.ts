import type { KeyObject } from 'node:crypto';

/** The signature algorithms that a key pair may be for (RFC 7518 §3.1, RFC 8037 §3.1); a key is good for one only. */
export const SIGNATURE_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** A public key and the one algorithm that it verifies. */
export interface VerificationKey {
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
}
