import type { Fault } from '../fault.js';
import { isFault } from '../fault.js';
import { checkEncoding } from './json/check-encoding.js';
import { JsonFault } from './json/json-fault.js';
import { Tokenizer } from './json/tokenizer.js';
import type { SignedBody } from './json/signed-body.js';

/** `depthMax` is the deepest nesting (64); `keepsProto` takes a member named `__proto__` as data, for unsigned bodies. */
export interface TokenizeOptions {
  readonly depthMax?: number;
  readonly keepsProto?: boolean;
}

/**
 * Parses a body by strict RFC 8259 (an object or an array, UTF-8, no byte order mark) and renders its canonical text.
 *
 * Refused beyond the RFC: a repeated member name, a member named `__proto__`, more than `depthMax` (64) levels. A lone
 * surrogate is accepted as an escape, which is how Python writes it. Never throws for any input, and never recurses.
 * Let nothing else parse the same body: V8's own parser misreads some escaped names (nodejs/node#63785).
 */
export function tokenizeJson(bytes: Uint8Array, options: TokenizeOptions = {}): SignedBody | Fault {
  const checked = checkEncoding(bytes);
  if (isFault(checked)) return checked;
  try {
    return new Tokenizer(checked.bytes, options.depthMax ?? 64, options.keepsProto ?? false).read();
  } catch (error) {
    if (error instanceof JsonFault) return { fault: error.message };
    throw error;
  }
}
