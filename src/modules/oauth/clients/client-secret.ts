import { generateToken } from '../../../kernel/crypto/checksummed-token.js';
import { sha256 } from '../../../kernel/crypto/digest.js';

/** A new client secret and what is stored of it. */
export interface IssuedSecret {
  readonly secretPlaintext: string;
  readonly digest: string;
}

/** A secret of 154 random bits. */
export function issueClientSecret(): IssuedSecret {
  const secretPlaintext = generateToken('kocs_');
  return { secretPlaintext, digest: digestOf(secretPlaintext) };
}

/** What is stored of a secret, code or token of this module: SHA-256 in base64url, 43 characters. */
export function digestOf(plaintext: string): string {
  return sha256(plaintext).toString('base64url');
}
