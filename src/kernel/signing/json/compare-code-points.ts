const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  return index;
}

/**
 * Orders two strings by Unicode code point, as Python compares `str`: negative, zero or positive.
 *
 * JavaScript's `<` compares UTF-16 units and so puts U+1F600 before U+E000. A lone surrogate counts as the code point
 * of its own number.
 */
export function compareCodePoints(a: string, b: string): number {
  let index = firstDifference(a, b);
  if (index === a.length || index === b.length) return a.length - b.length;
  // Two pairs with the same first half, or a pair beside a lone half: the code point begins one unit earlier.
  const splitsPair = isLowSurrogate(a.charCodeAt(index)) || isLowSurrogate(b.charCodeAt(index));
  if (splitsPair && index > 0 && isHighSurrogate(a.charCodeAt(index - 1))) index -= 1;
  return (a.codePointAt(index) ?? 0) - (b.codePointAt(index) ?? 0);
}
