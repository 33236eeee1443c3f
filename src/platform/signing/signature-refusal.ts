import { AppError } from '../../kernel/errors/app-error.js';
import { type Fault, isFault } from '../../kernel/fault.js';
import { redact } from '../log/index.js';

/** A refusal for a reason that the caller may know. */
export function signatureRefusal(detail: string): AppError {
  return new AppError('AUTH_011', { detail });
}

/** How much of a signed text is shown, in characters. */
const SHOWN_LENGTH_MAX = 1_024;
/** How much of it is searched for secrets: one that begins among the shown characters has to be seen whole. */
const SEARCHED_LENGTH_MAX = 16_384;
/** Lines of a signature base (RFC 9421 §2.5) whose fields are credentials. */
const CREDENTIAL_LINE = /^("(?:authorization|cookie|proxy-authorization|x-api-key|x-csrf-token)"[^:]*: ).*$/gm;

/**
 * The refusal of a signature over something else than the request: shows the text that it should have been made over, so
 * that a client can see where its own differs.
 */
export function mismatchRefusal(expectedText: string): AppError {
  const text = redact(expectedText.slice(0, SEARCHED_LENGTH_MAX).replace(CREDENTIAL_LINE, '$1[redacted]'));
  return new AppError('AUTH_011', {
    detail: 'The signature does not match the request.',
    extensions: { canonical_request: text.slice(0, SHOWN_LENGTH_MAX) },
  });
}

/** What a check of the kernel has read. @throws AppError AUTH_011 with its sentence if it found a fault */
export function accepted<T extends object>(result: T | Fault): T {
  if (isFault(result)) throw signatureRefusal(result.fault);
  return result;
}
