const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

function skipDigits(text: string, start: number): number {
  let index = start;
  while (isDigit(text.charCodeAt(index))) index += 1;
  return index;
}

/** Where the digits at `start` end, or -1 when there is none. */
function requireDigits(text: string, start: number): number {
  const end = skipDigits(text, start);
  return end === start ? -1 : end;
}

function scanInteger(text: string, start: number): number {
  const first = text.charAt(start) === '-' ? start + 1 : start;
  return text.charAt(first) === '0' ? first + 1 : requireDigits(text, first);
}

function scanExponent(text: string, start: number): number {
  const sign = text.charAt(start);
  return requireDigits(text, sign === '+' || sign === '-' ? start + 1 : start);
}

/** Where the number that begins at `start` ends (RFC 8259 §6), or -1 when it is not one. */
export function scanNumber(text: string, start: number): number {
  let end = scanInteger(text, start);
  if (end !== -1 && text.charAt(end) === '.') end = requireDigits(text, end + 1);
  if (end === -1) return end;
  const marker = text.charAt(end);
  return marker === 'e' || marker === 'E' ? scanExponent(text, end + 1) : end;
}
