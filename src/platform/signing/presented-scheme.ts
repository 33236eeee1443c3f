import type { IncomingHttpHeaders } from 'node:http';
import type { SignatureScheme } from '../../kernel/access/signature-policy.js';
import { AppError } from '../../kernel/errors/app-error.js';

/**
 * The scheme whose headers a request carries, if only one of them: a signature that is half there is judged and
 * refused, never ignored. @throws AppError AUTH_011 for headers of both schemes
 */
export function presentedScheme(headers: IncomingHttpHeaders): SignatureScheme | null {
  const hasHeaders =
    headers['x-signature'] !== undefined || headers['x-timestamp'] !== undefined || headers['x-nonce'] !== undefined;
  const hasMessageSignature = headers['signature-input'] !== undefined || headers['signature'] !== undefined;
  if (hasHeaders && hasMessageSignature) {
    throw new AppError('AUTH_011', {
      detail: 'Send either X-Signature, X-Timestamp and X-Nonce, or Signature-Input and Signature, not both.',
    });
  }
  if (hasHeaders) return 'v1';
  return hasMessageSignature ? 'rfc9421' : null;
}
