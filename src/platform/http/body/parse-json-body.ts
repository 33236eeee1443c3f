import { AppError } from '../../../kernel/errors/app-error.js';
import { isFault } from '../../../kernel/fault.js';
import type { ByteSpan } from '../../../kernel/signing/json/signed-body.js';
import { tokenizeJson } from '../../../kernel/signing/tokenize-json.js';
import { inspectJson, type JsonSpan } from './inspect-json.js';
import { JsonBody } from './json-body.js';

/** Deepest nesting of a body; far beyond any real one, far below what a recursive consumer survives. */
export const JSON_DEPTH_MAX = 256;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses a JSON body strictly (RFC 8259, UTF-8, no byte order mark, no duplicate members). @throws AppError REQ_002 */
export function parseJsonBody(bytes: Buffer): JsonBody {
  const text = decode(bytes);
  const value = parse(text);
  const inspection = inspectJson(text, JSON_DEPTH_MAX);
  if ('fault' in inspection) throw new AppError('REQ_002', { detail: inspection.fault });
  const { members, hasEscapedName } = inspection;
  const spans = text.length === bytes.length ? members : byteSpans(text, members);
  return new JsonBody(hasEscapedName ? reparse(bytes) : value, bytes, spans);
}

/** The same places counted in bytes of UTF-8; the members are in the order of the text. */
function byteSpans(text: string, members: ReadonlyMap<string, JsonSpan>): ReadonlyMap<string, ByteSpan> {
  const spans = new Map<string, ByteSpan>();
  let [position, offset] = [0, 0];
  const offsetAt = (end: number): number => {
    offset += Buffer.byteLength(text.slice(position, end));
    position = end;
    return offset;
  };
  for (const [name, { start, end }] of members) spans.set(name, { start: offsetAt(start), end: offsetAt(end) });
  return spans;
}

/** V8 misreads some names that are written with escapes (nodejs/node#63785), so a body with one is read by our own parser. */
function reparse(bytes: Buffer): unknown {
  const body = tokenizeJson(bytes, { depthMax: JSON_DEPTH_MAX, keepsProto: true });
  if (isFault(body)) throw new AppError('REQ_002', { detail: `The body is not valid JSON: ${body.fault}.` });
  return body.value;
}

function decode(bytes: Buffer): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (error) {
    throw new AppError('REQ_002', { detail: 'The body is not valid UTF-8.', cause: error });
  }
  if (text.startsWith('\uFEFF')) {
    throw new AppError('REQ_002', { detail: 'The body starts with a byte order mark; send plain UTF-8.' });
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's own sentence quotes the text, which may hold a password
    throw new AppError('REQ_002', { detail: `The body is not valid JSON${whereIn((error as Error).message)}.` });
  }
}

/** V8 tells a position only beside some faults; nothing is said of the others. */
function whereIn(message: string): string {
  if (message.includes('end of JSON input')) return ' (it ends too early or is empty)';
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? '' : ` (at character ${position})`;
}
