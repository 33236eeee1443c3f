import type { Buffer } from 'node:buffer';

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const CAPITAL_E = 0x45;
const SMALL_E = 0x65;

/** Where the digits at `start` end, or -1 when there is none. */
function scanDigits(bytes: Buffer, start: number): number {
  let index = start;
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0;
    if (byte < ZERO || byte > NINE) break;
    index += 1;
  }
  return index === start ? -1 : index;
}

function scanInteger(bytes: Buffer, start: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  return bytes[first] === ZERO ? first + 1 : scanDigits(bytes, first);
}

function scanExponent(bytes: Buffer, start: number): number {
  const sign = bytes[start];
  return scanDigits(bytes, sign === PLUS || sign === MINUS ? start + 1 : start);
}

/** Where the number that begins at `start` ends (RFC 8259 §6), or -1 when it is not one. */
export function scanNumber(bytes: Buffer, start: number): number {
  let end = scanInteger(bytes, start);
  if (end !== -1 && bytes[end] === POINT) end = scanDigits(bytes, end + 1);
  if (end === -1) return end;
  const marker = bytes[end];
  return marker === SMALL_E || marker === CAPITAL_E ? scanExponent(bytes, end + 1) : end;
}
