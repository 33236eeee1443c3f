import { Buffer } from 'node:buffer';
import { constants, verify } from 'node:crypto';
import type { CompactJws } from './parse-compact-jws.js';
import { ALGORITHM_NAMES, type SignatureAlgorithm, type VerificationKey } from './verification-key.js';

type Check = (key: VerificationKey['key'], data: Buffer, signature: Buffer) => boolean;

const CHECKS: Readonly<Record<SignatureAlgorithm, Check>> = {
  EdDSA: (key, data, signature) => verify(null, data, key, signature),
  // RFC 7518 §3.4: r and s as 32 bytes each, not the DER that the library takes by default
  ES256: (key, data, signature) =>
    signature.length === 64 && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
  RS256: (key, data, signature) => verify('sha256', data, { key, padding: constants.RSA_PKCS1_PADDING }, signature),
};

/**
 * Whether a JWS is signed with this key. The key pins the algorithm (RFC 8725 §3.1): what the header says must agree,
 * and decides nothing. Critical extensions (`crit`) are not known here, so a header that has any is refused.
 */
export function verifyJws(jws: CompactJws, { key, algorithm }: VerificationKey): boolean {
  if (!ALGORITHM_NAMES[algorithm].includes(jws.header.alg) || jws.header.crit !== undefined) return false;
  return CHECKS[algorithm](key, Buffer.from(jws.signingInput, 'latin1'), jws.signature);
}
