import { verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { PublicKeySet } from '../../../platform/config/index.js';

const IDENTIFIER_HEADER = 'github-public-key-identifier';
const SIGNATURE_HEADER = 'github-public-key-signature';

/**
 * Whether a report was signed by a reporter that we know: ECDSA with P-256 and SHA-256 over the body as received, in DER
 * and base64, as GitHub's secret scanning partner program describes it.
 */
export function isSignedReport(headers: IncomingMessage['headers'], body: Buffer, keys: PublicKeySet): boolean {
  const identifier = headers[IDENTIFIER_HEADER];
  const signature = headers[SIGNATURE_HEADER];
  if (typeof identifier !== 'string' || typeof signature !== 'string') return false;
  const key = keys.get(identifier);
  return key !== undefined && verify('sha256', body, key, Buffer.from(signature, 'base64'));
}
