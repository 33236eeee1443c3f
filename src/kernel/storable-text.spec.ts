import { describe, expect, it } from '@jest/globals';
import { isStorable, storableJson } from './storable-text.js';

const POISON = ['a\0b', '\uD800', 'x\uDFFFy', '\uDFFF\uD800'];

describe('a text that PostgreSQL cannot hold', () => {
  it.each(POISON)('is replaced in values and in names of JSON alike (%j)', (text) => {
    expect(isStorable(text)).toBe(false);
    const clean = text.toWellFormed().replaceAll('\0', '\uFFFD');
    const json = storableJson({ [text]: [{ deep: text }] });
    expect(JSON.parse(json)).toEqual({ [clean]: [{ deep: clean }] });
    expect(isStorable(clean)).toBe(true);
    expect(json).not.toMatch(/\\u(0000|d)/);
  });
});

describe('any other text', () => {
  it.each(['', 'plain', '😀', '\\u0000', '\\\\ud800', '\u0001\n"\\', '\uFFFD'])('stays as it is (%j)', (text) => {
    expect(isStorable(text)).toBe(true);
    expect(JSON.parse(storableJson({ [text]: text }))).toEqual({ [text]: text });
    // beside one that has to be replaced as well
    expect(JSON.parse(storableJson([text, '\0']))).toEqual([text, '\uFFFD']);
  });

  it('keeps members that are named like the prototype', () => {
    const value = JSON.parse('{"__proto__":"\\u0000"}') as object;
    expect(storableJson(value)).toBe('{"__proto__":"\uFFFD"}');
  });
});
