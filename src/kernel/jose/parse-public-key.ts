import { Buffer } from 'node:buffer';
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type Fault, isFault } from '../fault.js';
import { rsaKeyFault } from './rsa-key-fault.js';
import { ALGORITHM_NAMES, type SignatureAlgorithm, type VerificationKey } from './verification-key.js';

/** Characters. */
export const PUBLIC_KEY_LENGTH_MAX = 16_384;

const PUBLIC_PEM = /^\s*-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----\s*$/;
/** Members of a JWK that hold a secret (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/** What a signature may be made or verified with (RFC 7517 §4.3); two unrelated operations for one key are a risk. */
const KEY_OPERATIONS: ReadonlySet<unknown> = new Set(['verify', 'sign']);
/** `id-ecPublicKey` with `prime256v1` by its name, as it begins an SPKI after the two bytes of the outer sequence. */
const NAMED_P256 = Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex');

const PRIVATE_KEY_FAULT = 'is a private key; keep it to yourself and send the public key only';
const UNSUPPORTED_FAULT = 'must be an Ed25519, a P-256 or an RSA key';
const UNREADABLE_PEM_FAULT = 'is not a readable public key in PEM';

/**
 * Reads a public key: SPKI in PEM (`BEGIN PUBLIC KEY`) or a JWK (RFC 7517), Ed25519, P-256 or RSA. A private key is
 * refused in either form, because the library would silently take its public half; so are a JWK that is for something
 * else than verifying, a curve that is told by its parameters (CVE-2020-0601), and RSA keys that are known to be weak.
 */
export function parsePublicKey(input: string | Readonly<Record<string, unknown>>): VerificationKey | Fault {
  const key = typeof input === 'string' ? importPem(input) : importJwk(input);
  if (isFault(key)) return key;
  const algorithm = algorithmOf(key);
  if (algorithm === null) return { fault: UNSUPPORTED_FAULT };
  const weakness = algorithm === 'RS256' ? weaknessOf(key) : null;
  if (weakness !== null) return { fault: weakness };
  if (typeof input === 'object' && input.alg !== undefined && !ALGORITHM_NAMES[algorithm].includes(input.alg)) {
    return { fault: `is a key for ${algorithm}, which its alg contradicts` };
  }
  return { algorithm, key };
}

function importPem(pem: string): KeyObject | Fault {
  if (/PRIVATE KEY-----/.test(pem)) return { fault: PRIVATE_KEY_FAULT };
  const base64 = pem.length > PUBLIC_KEY_LENGTH_MAX ? undefined : PUBLIC_PEM.exec(pem)?.[1];
  if (base64 === undefined) {
    return { fault: 'must be one public key in PEM, from -----BEGIN PUBLIC KEY----- to its END line' };
  }
  const spki = Buffer.from(base64, 'base64');
  const key = importSpki(spki);
  if (key?.asymmetricKeyType === 'ec' && !spki.subarray(2).subarray(0, NAMED_P256.length).equals(NAMED_P256)) {
    return { fault: 'must be on the curve P-256, and name it' };
  }
  return key ?? { fault: UNREADABLE_PEM_FAULT };
}

/** Only what is written as the library itself writes it: it would read on where other bytes follow. */
function importSpki(spki: Buffer): KeyObject | null {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return key.export({ format: 'der', type: 'spki' }).equals(spki) ? key : null;
  } catch {
    return null;
  }
}

function importJwk(jwk: Readonly<Record<string, unknown>>): KeyObject | Fault {
  if (JSON.stringify(jwk).length > PUBLIC_KEY_LENGTH_MAX) return { fault: 'is too long for a public key' };
  if (SECRET_MEMBERS.some((name) => jwk[name] !== undefined)) return { fault: PRIVATE_KEY_FAULT };
  const purposeFault = purposeFaultOf(jwk);
  if (purposeFault !== null) return { fault: purposeFault };
  const { kty, crv, x, y, n, e } = jwk;
  try {
    return createPublicKey({ key: { kty, crv, x, y, n, e } as JsonWebKey, format: 'jwk' });
  } catch {
    return { fault: 'is not a readable JWK' };
  }
}

/** What the owner of a JWK says that it is for (RFC 7517 §4.2, §4.3). */
function purposeFaultOf({ use, key_ops: operations }: Readonly<Record<string, unknown>>): string | null {
  if (use !== undefined && use !== 'sig') return 'is not for signatures (use)';
  if (operations === undefined) return null;
  if (!Array.isArray(operations) || new Set(operations).size !== operations.length) {
    return 'has key_ops that are no list of different operations';
  }
  if (!operations.includes('verify')) return 'is not for verifying signatures (key_ops)';
  return operations.every((operation) => KEY_OPERATIONS.has(operation))
    ? null
    : 'is for more than signatures (key_ops)';
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SignatureAlgorithm | null {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (asymmetricKeyType === 'ec') return asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : null;
  return asymmetricKeyType === 'rsa' ? 'RS256' : null;
}

function weaknessOf(key: KeyObject): string | null {
  const { n = '' } = key.export({ format: 'jwk' });
  const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
  return rsaKeyFault(modulus, key.asymmetricKeyDetails?.publicExponent ?? 0n);
}
