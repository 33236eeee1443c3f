import { AppError } from '../../../kernel/errors/app-error.js';
import { isFault } from '../../../kernel/signing/fault.js';
import { tokenizeJson } from '../../../kernel/signing/tokenize-json.js';
import { inspectJson } from './inspect-json.js';

/** Deepest nesting of a body; far beyond any real one, far below what a recursive consumer survives. */
export const JSON_DEPTH_MAX = 256;

/** A body that has been read: its value, its bytes as received, and on demand those of what stands in it. */
export interface JsonBody {
  readonly value: unknown;
  readonly bytes: Buffer;
  /** The value of a top-level member as it was received; undefined if there is no such member. */
  sourceOf(name: string): Buffer | undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses a JSON body strictly (RFC 8259, UTF-8, no byte order mark, no duplicate members). @throws AppError REQ_002 */
export function parseJsonBody(bytes: Buffer): JsonBody {
  const text = decode(bytes);
  const value = parse(text);
  const inspection = inspectJson(text, JSON_DEPTH_MAX);
  if ('fault' in inspection) throw new AppError('REQ_002', { detail: inspection.fault });
  const { members, hasEscapedName } = inspection;
  return {
    value: hasEscapedName ? reparse(bytes) : value,
    bytes,
    sourceOf: (name) => {
      const span = members.get(name);
      return span && Buffer.from(text.slice(span.start, span.end), 'utf8');
    },
  };
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
