import { Buffer } from 'node:buffer';
import type { Fault } from '../fault.js';
import { isFault } from '../fault.js';
import { parseDictionary } from './structured-field/parse-dictionary.js';

const SHA256_SIZE_BYTES = 32;

/** Reads the SHA-256 of a `Content-Digest` field (RFC 9530 §2); other algorithms beside it are ignored. */
export function parseContentDigest(header: string): { readonly sha256: Buffer } | Fault {
  const dictionary = parseDictionary(header);
  if (isFault(dictionary))
    return { fault: 'Content-Digest is not a structured field: sha-256=:<base64>: is expected.' };
  const sha256 = dictionary.get('sha-256')?.value;
  if (!Buffer.isBuffer(sha256)) return { fault: 'Content-Digest must hold sha-256=:<base64>:.' };
  if (sha256.length !== SHA256_SIZE_BYTES) return { fault: 'The sha-256 of Content-Digest must be 32 bytes.' };
  return { sha256 };
}
