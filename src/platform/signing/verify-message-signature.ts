import type { Request } from 'express';
import { sha256 } from '../../kernel/crypto/digest.js';
import { checkSignaturePolicy } from '../../kernel/signing/http-message-signature/check-signature-policy.js';
import { fieldLines } from '../../kernel/signing/http-message-signature/field-lines.js';
import type { MessageSignature } from '../../kernel/signing/http-message-signature/message-signature.js';
import { parseMessageSignatures } from '../../kernel/signing/http-message-signature/parse-message-signatures.js';
import { signatureBase } from '../../kernel/signing/http-message-signature/signature-base.js';
import { isWithinClockWindow } from '../../kernel/signing/is-within-clock-window.js';
import { parseRequestTarget } from '../../kernel/signing/parse-request-target.js';
import { verifyRequestMac } from '../../kernel/signing/verify-request-mac.js';
import { hasBody, isJson, readBody, requireIdentityEncoding } from '../http/body/index.js';
import { clockRefusal } from './clock-refusal.js';
import { expectedDigest } from './expected-digest.js';
import type { SignatureInputs, VerifiedSignature } from './signature-inputs.js';
import { accepted, mismatchRefusal, signatureRefusal } from './signature-refusal.js';

/**
 * Checks an HTTP message signature (RFC 9421 §3.2, hmac-sha256): form, clock, coverage, MAC, then the body against the
 * digest that is covered. @throws AppError AUTH_011, REQ_003, REQ_004
 */
export async function verifyMessageSignature(inputs: SignatureInputs): Promise<VerifiedSignature> {
  const { request, nowMs } = inputs;
  const signature = ownSignature(inputs);
  const { path: target } = accepted(parseRequestTarget(request.originalUrl));
  if (signature.created !== undefined && !isWithinClockWindow(signature.created, nowMs)) {
    throw clockRefusal(signature.created, nowMs);
  }
  const hasQuery = target.includes('?');
  const fault = checkSignaturePolicy(signature, { nowMs, hasQuery, hasBody: hasBody(request) });
  if (fault !== null) throw signatureRefusal(fault.fault);
  const { base } = accepted(signatureBase(messageOf(inputs, target), signature));
  if (!verifyRequestMac(await inputs.loadSecret(), base, signature.signature)) {
    throw mismatchRefusal(base);
  }
  await checkBody(request, inputs.bodyLimitBytes);
  // the policy has made sure that there is one
  return { nonce: signature.nonce ?? '' };
}

/** The one signature that is the caller's; others, as proxies add them, must name another key. */
function ownSignature({ request, credentialId }: SignatureInputs): MessageSignature {
  const signatures = accepted(
    parseMessageSignatures(request.get('signature-input') ?? '', request.get('signature') ?? ''),
  );
  const own = signatures.filter(({ keyid }) => keyid === undefined || keyid === credentialId);
  const [signature] = own;
  if (signature === undefined) throw signatureRefusal('The keyid of the signature must be the id of the API key.');
  if (own.length > 1) throw signatureRefusal('More than one signature could be that of the API key.');
  return signature;
}

function messageOf({ request, scheme }: SignatureInputs, target: string) {
  return {
    method: request.method,
    scheme,
    authority: request.headers.host ?? '',
    target,
    fields: fieldLines(request.rawHeaders),
  };
}

/** Holds the body against the covered digest: JSON now, a stream when it ends. */
async function checkBody(request: Request, limitBytes: number): Promise<void> {
  if (!hasBody(request)) return;
  requireIdentityEncoding(request);
  const expected = expectedDigest(request);
  if (!isJson(request)) {
    request.expectedSha256 = expected;
    return;
  }
  request.receivedBody = await readBody(request, limitBytes);
  if (!sha256(request.receivedBody).equals(expected)) {
    throw signatureRefusal('The body does not match its Content-Digest.');
  }
}
