import type { Request } from 'express';
import { parseContentDigest } from '../../kernel/signing/parse-content-digest.js';
import { accepted, signatureRefusal } from './signature-refusal.js';

/** The SHA-256 that `Content-Digest` (RFC 9530) announces of the body, 32 bytes. @throws AppError AUTH_011 */
export function expectedDigest(request: Request): Buffer {
  const header = request.get('content-digest');
  if (header === undefined) {
    throw signatureRefusal('A signed body that is not application/json needs a Content-Digest header.');
  }
  return accepted(parseContentDigest(header)).sha256;
}
