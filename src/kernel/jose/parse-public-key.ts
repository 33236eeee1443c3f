import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type Fault, isFault } from '../fault.js';
import { ALGORITHM_NAMES, type SignatureAlgorithm, type VerificationKey } from './verification-key.js';

/** NIST SP 800-131A: shorter RSA keys are no longer acceptable; longer ones than the maximum are slow to verify. */
const RSA_BITS_MIN = 2_048;
const RSA_BITS_MAX = 8_192;
/** What every real key has (65537), with room; a huge exponent would make each verification slow. */
const RSA_EXPONENT_MAX = 2n ** 32n;
/** Characters. */
const LENGTH_MAX = 16_384;

const PUBLIC_PEM = /^\s*-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----\s*$/;
/** Members of a JWK that hold a secret (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

const PRIVATE_KEY_FAULT = 'is a private key; keep it to yourself and send the public key only';
const UNSUPPORTED_FAULT = 'must be an Ed25519, a P-256 or an RSA key of 2048 to 8192 bits';

/**
 * Reads a public key: SPKI in PEM (`BEGIN PUBLIC KEY`) or a JWK (RFC 7517), Ed25519, P-256 or RSA. A private key is
 * refused in either form, because the library would silently take its public half.
 */
export function parsePublicKey(input: string | Readonly<Record<string, unknown>>): VerificationKey | Fault {
  const key = typeof input === 'string' ? importPem(input) : importJwk(input);
  if (isFault(key)) return key;
  const algorithm = algorithmOf(key);
  if (algorithm === null) return { fault: UNSUPPORTED_FAULT };
  if (typeof input === 'object' && input.alg !== undefined && !ALGORITHM_NAMES[algorithm].includes(input.alg)) {
    return { fault: `is a key for ${algorithm}, which its alg contradicts` };
  }
  return { algorithm, key };
}

function importPem(pem: string): KeyObject | Fault {
  if (/PRIVATE KEY-----/.test(pem)) return { fault: PRIVATE_KEY_FAULT };
  if (pem.length > LENGTH_MAX || !PUBLIC_PEM.test(pem)) {
    return { fault: 'must be one public key in PEM, from -----BEGIN PUBLIC KEY----- to its END line' };
  }
  try {
    return createPublicKey({ key: pem, format: 'pem', type: 'spki' });
  } catch {
    return { fault: 'is not a readable public key in PEM' };
  }
}

function importJwk(jwk: Readonly<Record<string, unknown>>): KeyObject | Fault {
  if (JSON.stringify(jwk).length > LENGTH_MAX) return { fault: 'is too long for a public key' };
  if (SECRET_MEMBERS.some((name) => jwk[name] !== undefined)) return { fault: PRIVATE_KEY_FAULT };
  if (jwk.use !== undefined && jwk.use !== 'sig') return { fault: 'is not for signatures (use)' };
  const { kty, crv, x, y, n, e } = jwk;
  try {
    return createPublicKey({ key: { kty, crv, x, y, n, e } as JsonWebKey, format: 'jwk' });
  } catch {
    return { fault: 'is not a readable JWK' };
  }
}

function algorithmOf(key: KeyObject): SignatureAlgorithm | null {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return 'EdDSA';
    case 'ec':
      return namedCurve === 'prime256v1' ? 'ES256' : null;
    case 'rsa': {
      const isSound = publicExponent > 1n && publicExponent % 2n === 1n && publicExponent <= RSA_EXPONENT_MAX;
      return isSound && modulusLength >= RSA_BITS_MIN && modulusLength <= RSA_BITS_MAX ? 'RS256' : null;
    }
    default:
      return null;
  }
}
