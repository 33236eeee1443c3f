import type { Fault } from '../fault.js';

/** The three headers beside `X-API-Key` of a signed request, well formed and nothing more. */
export interface SignatureHeaders {
  /** Unix time in seconds, ten digits. */
  readonly timestamp: string;
  /** 32 lower-case hexadecimal digits, used once. */
  readonly nonce: string;
  /** HMAC-SHA256 in 64 lower-case hexadecimal digits. */
  readonly signature: string;
}

const TIMESTAMP = /^[1-9][0-9]{9}$/;
const NONCE = /^[0-9a-f]{32}$/;
const SIGNATURE = /^[0-9a-f]{64}$/;

/**
 * Checks the form of the signature headers.
 *
 * The signed message has no separators: only because timestamp and nonce have one fixed length and alphabet can no
 * character move between them, the target and the body without changing the message.
 */
export function parseSignatureHeaders(headers: {
  readonly timestamp?: string | undefined;
  readonly nonce?: string | undefined;
  readonly signature?: string | undefined;
}): SignatureHeaders | Fault {
  const { timestamp, nonce, signature } = headers;
  if (timestamp === undefined || !TIMESTAMP.test(timestamp)) {
    return { fault: 'X-Timestamp must be the Unix time in seconds, ten digits.' };
  }
  if (nonce === undefined || !NONCE.test(nonce)) {
    return { fault: 'X-Nonce must be 32 lower-case hexadecimal digits.' };
  }
  if (signature === undefined || !SIGNATURE.test(signature)) {
    return { fault: 'X-Signature must be 64 lower-case hexadecimal digits.' };
  }
  return { timestamp, nonce, signature };
}
