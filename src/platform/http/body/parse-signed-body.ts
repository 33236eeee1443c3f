import { AppError } from '../../../kernel/errors/app-error.js';
import { isFault } from '../../../kernel/fault.js';
import { tokenizeJson } from '../../../kernel/signing/tokenize-json.js';
import { JsonBody } from './json-body.js';

/** A JSON body with what stands for it in the message that the four headers sign. */
export interface SignedJsonBody {
  readonly body: JsonBody;
  /** ASCII; empty for `{}` and `[]`. */
  readonly signedText: string;
}

/** Reads a body whose very parse is signed (docs/signing.md). @throws AppError REQ_002 */
export function parseSignedBody(bytes: Buffer): SignedJsonBody {
  const signed = tokenizeJson(bytes);
  if (isFault(signed)) throw new AppError('REQ_002', { detail: signed.fault });
  return {
    body: new JsonBody(signed.value, bytes, signed.members),
    signedText: signed.isEmpty ? '' : signed.canonical,
  };
}
