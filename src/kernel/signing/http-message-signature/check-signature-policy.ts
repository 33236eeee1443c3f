import type { Fault } from '../../fault.js';
import { CLOCK_TOLERANCE_SECONDS, isWithinClockWindow } from '../is-within-clock-window.js';
import type { MessageSignature } from './message-signature.js';

/** What the server knows about the request and the time when it judges a signature. */
export interface SignaturePolicyContext {
  readonly nowMs: number;
  readonly hasQuery: boolean;
  readonly hasBody: boolean;
  readonly toleranceSeconds?: number;
}

const NONCE = /^[!-~]{16,128}$/;

/** Each requirement with the components of which any one satisfies it. */
function requiredComponents(context: SignaturePolicyContext): readonly (readonly string[])[] {
  return [
    ['@method'],
    ['@authority', '@target-uri'],
    ['@path', '@target-uri', '@request-target'],
    ...(context.hasQuery ? [['@query', '@target-uri', '@request-target']] : []),
    ...(context.hasBody ? [['content-digest']] : []),
  ];
}

/** A component with parameters covers only a part or another form of itself, so it does not count. */
function coverageFault(signature: MessageSignature, context: SignaturePolicyContext): string | null {
  const covered = new Set(signature.components.filter((item) => item.parameters.size === 0).map((item) => item.value));
  const missing = requiredComponents(context).find((choices) => !choices.some((choice) => covered.has(choice)));
  return missing === undefined ? null : `The signature must cover ${missing.join(' or ')}.`;
}

function timeFault(signature: MessageSignature, context: SignaturePolicyContext): string | null {
  const { created, expires } = signature;
  if (created === undefined) return 'The signature must have a created parameter.';
  if (!isWithinClockWindow(created, context.nowMs, context.toleranceSeconds ?? CLOCK_TOLERANCE_SECONDS)) {
    return 'The created parameter of the signature is too far from the time of the server.';
  }
  if (expires !== undefined && expires <= Math.floor(context.nowMs / 1000)) return 'The signature has expired.';
  return null;
}

/**
 * Whether a signature covers enough, is fresh and can be spent once; a fault, or null when it satisfies the policy.
 *
 * Required: `@method`, authority, path, query when there is one, `content-digest` when there is a body; `created` within
 * `toleranceSeconds` (300), `nonce` of 16 to 128 printable characters; `alg`, when given, `hmac-sha256` (RFC 9421 §3.2).
 */
export function checkSignaturePolicy(signature: MessageSignature, context: SignaturePolicyContext): Fault | null {
  const fault = coverageFault(signature, context) ?? timeFault(signature, context);
  if (fault !== null) return { fault };
  if (signature.nonce === undefined || !NONCE.test(signature.nonce)) {
    return { fault: 'The signature must have a nonce parameter of 16 to 128 printable characters without spaces.' };
  }
  if (signature.alg !== undefined && signature.alg !== 'hmac-sha256') {
    return { fault: 'The alg parameter of the signature must be hmac-sha256.' };
  }
  return null;
}
