import { JsonFault } from './json-fault.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

/** Where the string whose first character is at `start` meets its first quote, backslash or non-printing character. */
export function scanPlain(text: string, start: number): number {
  let index = start;
  let unit = text.charCodeAt(index);
  while (unit >= SPACE && unit <= TILDE && unit !== QUOTE && unit !== BACKSLASH) {
    index += 1;
    unit = text.charCodeAt(index);
  }
  return index;
}

function skipEscape(text: string, start: number): number {
  ESCAPE.lastIndex = start;
  if (!ESCAPE.test(text)) throw new JsonFault('an escape sequence is not one of JSON', start);
  return ESCAPE.lastIndex;
}

/** Position of the closing quote of a string, from any character inside it, and whether an escape came before. */
export function scanToClosingQuote(text: string, start: number): { readonly end: number; readonly escaped: boolean } {
  let escaped = false;
  let index = start;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) return { end: index, escaped };
    if (unit < SPACE) throw new JsonFault('a control character inside a string must be escaped', index);
    escaped ||= unit === BACKSLASH;
    index = unit === BACKSLASH ? skipEscape(text, index) : index + 1;
  }
  throw new JsonFault('a string does not end', index);
}
