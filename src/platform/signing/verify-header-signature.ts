import { AppError } from '../../kernel/errors/app-error.js';
import { digestedBody } from '../../kernel/signing/digested-body.js';
import { isWithinClockWindow } from '../../kernel/signing/is-within-clock-window.js';
import { parseRequestTarget } from '../../kernel/signing/parse-request-target.js';
import { parseSignatureHeaders } from '../../kernel/signing/parse-signature-headers.js';
import { signedMessage } from '../../kernel/signing/signed-message.js';
import { hasBody, isJson, readBody, requireIdentityEncoding } from '../http/body/index.js';
import { clockRefusal } from './clock-refusal.js';
import { expectedDigest } from './expected-digest.js';
import type { SignatureInputs, VerifiedSignature } from './signature-inputs.js';
import { accepted, mismatchRefusal } from './signature-refusal.js';
import { verifyMessageMac } from './verify-message-mac.js';

/**
 * Checks the four-header scheme (docs/signing.md): form, clock, body, MAC, in this order. A JSON body is read here, and
 * the handler gets the value of the very parse that was signed. @throws AppError AUTH_011, REQ_002, REQ_003, REQ_004
 */
export async function verifyHeaderSignature(inputs: SignatureInputs): Promise<VerifiedSignature> {
  const { request, nowMs } = inputs;
  const { timestamp, nonce, signature } = accepted(
    parseSignatureHeaders({
      timestamp: request.get('x-timestamp'),
      nonce: request.get('x-nonce'),
      signature: request.get('x-signature'),
    }),
  );
  const { path: target } = accepted(parseRequestTarget(request.originalUrl));
  if (!isWithinClockWindow(Number(timestamp), nowMs)) throw clockRefusal(Number(timestamp), nowMs);
  const secret = await inputs.loadSecret();
  const body = await signedTextOfBody(inputs);
  const message = signedMessage({ method: request.method, target, timestamp, nonce, body });
  if (!(await verifyMessageMac(secret, message, signature))) {
    throw mismatchRefusal(message);
  }
  return { nonce };
}

/** What stands for the body in the signed message. */
async function signedTextOfBody(inputs: SignatureInputs): Promise<string> {
  const { request, bodyLimitBytes } = inputs;
  if (!hasBody(request)) return '';
  requireIdentityEncoding(request);
  if (!isJson(request)) {
    const sha256 = expectedDigest(request);
    request.expectedSha256 = sha256;
    return digestedBody(sha256);
  }
  const bytes = await readBody(request, bodyLimitBytes);
  // a client that announces a body and sends none has signed none
  if (bytes.length === 0) throw new AppError('REQ_002', { detail: 'The body is empty.' });
  const { body, signedText } = await inputs.readJson(bytes);
  request.jsonBody = body;
  return signedText;
}
