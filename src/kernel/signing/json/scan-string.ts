import type { Buffer } from 'node:buffer';
import { JsonFault } from './json-fault.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const SMALL_U = 0x75;
const HEXADECIMAL = /^[0-9A-Fa-f]{4}$/;

/** 1 for each byte that stands for itself both in the value and in the canonical text. */
const PLAIN = new Uint8Array(256).fill(1, SPACE, 0x7f);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

/** 1 for each byte that may follow a backslash. */
const ESCAPABLE = new Uint8Array(256);
for (const letter of '"\\/bfnrtu') ESCAPABLE[letter.charCodeAt(0)] = 1;

/** Where the string whose first character is at `start` meets its first byte that is not plain. */
export function scanPlain(bytes: Buffer, start: number): number {
  let index = start;
  while (index < bytes.length && PLAIN[bytes[index] ?? 0] === 1) index += 1;
  return index;
}

function skipEscape(bytes: Buffer, start: number): number {
  const letter = bytes[start + 1] ?? 0;
  const end = letter === SMALL_U ? start + 6 : start + 2;
  const isEscape = letter !== SMALL_U || HEXADECIMAL.test(bytes.toString('latin1', start + 2, end));
  if (!isEscape || ESCAPABLE[letter] !== 1) throw new JsonFault('an escape sequence is not one of JSON', start);
  return end;
}

/** Position of the closing quote of a string, from any character inside it, and whether an escape came before. */
export function scanToClosingQuote(bytes: Buffer, start: number): { readonly end: number; readonly escaped: boolean } {
  let escaped = false;
  let index = start;
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) return { end: index, escaped };
    if (byte < SPACE) throw new JsonFault('a control character inside a string must be escaped', index);
    escaped ||= byte === BACKSLASH;
    index = byte === BACKSLASH ? skipEscape(bytes, index) : index + 1;
  }
  throw new JsonFault('a string does not end', index);
}
