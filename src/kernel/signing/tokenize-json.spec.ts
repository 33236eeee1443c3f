import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { tokenizeJson } from './tokenize-json.js';

const tokenize = (text: string | readonly number[]): ReturnType<typeof tokenizeJson> =>
  tokenizeJson(typeof text === 'string' ? Buffer.from(text, 'utf8') : Uint8Array.from(text));
const bytesOf = (text: string): readonly number[] => [...Buffer.from(text, 'utf8')];
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const spell = (members: readonly (readonly [string, unknown])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;

describe('the JSON tokenizer accepts, with the canonical text of Python', () => {
  it.each([
    ['an empty object', '{}', '{}'],
    ['an empty array', ' [\t\r\n] ', '[]'],
    ['nested empty containers', '[{},[],{"a":[]}]', '[{}, [], {"a": []}]'],
    ['literals', '[true,false,null]', '[true, false, null]'],
    ['white space of all four kinds', '\t{\r\n"a" :\t1 ,"b": 2\n}\r', '{"a": 1, "b": 2}'],
    ['names sorted', '{"b":1,"a":2,"":3}', '{"": 3, "a": 2, "b": 1}'],
    [
      'inner names sorted too',
      '{"b":{"d":1,"c":2},"a":[{"z":1,"y":2}]}',
      '{"a": [{"y": 2, "z": 1}], "b": {"c": 2, "d": 1}}',
    ],
    ['capitals before small letters', '{"a":1,"B":2}', '{"B": 2, "a": 1}'],
    ['names as text, not numbers', '{"9":1,"10":2}', '{"10": 2, "9": 1}'],
    ['code points, not UTF-16 units', '{"\u{1F600}":1,"\uE000":2}', String.raw`{"\ue000": 2, "\ud83d\ude00": 1}`],
    ['a lone surrogate before U+E000', String.raw`{"\ue000":1,"\ud800":2}`, String.raw`{"\ud800": 2, "\ue000": 1}`],
    [
      'a lone half beside a pair',
      String.raw`{"\ud800\udc00":1,"\ud800z":2}`,
      String.raw`{"\ud800z": 2, "\ud800\udc00": 1}`,
    ],
    [
      'two pairs with one first half',
      String.raw`{"\ud83d\ude01":1,"\ud83d\ude00":2}`,
      String.raw`{"\ud83d\ude00": 2, "\ud83d\ude01": 1}`,
    ],
    [
      'number lexemes as received',
      '[0,-0,1.0,1e16,1E+16,1e-07,-0.0,0.10]',
      '[0, -0, 1.0, 1e16, 1E+16, 1e-07, -0.0, 0.10]',
    ],
    ['integers past 2^53', '[9007199254740993]', '[9007199254740993]'],
    ['integers past the largest double', `[1${'0'.repeat(400)}]`, `[1${'0'.repeat(400)}]`],
    ['short escapes', String.raw`["\"\\\/\b\f\n\r\t"]`, String.raw`["\"\\/\b\f\n\r\t"]`],
    ['other controls', String.raw`["\u0000\u001F\u0008"]`, String.raw`["\u0000\u001f\b"]`],
    ['DEL, which Python escapes', '["\u007f"]', String.raw`["\u007f"]`],
    ['needless escapes of ASCII', String.raw`["\u0041\u002F"]`, '["A/"]'],
    [
      'Latin-1, line separators and astral characters',
      '["é\u2028\u{1D11E}"]',
      String.raw`["\u00e9\u2028\ud834\udd1e"]`,
    ],
    ['a byte order mark inside a string', '["\uFEFF"]', String.raw`["\ufeff"]`],
    ['lone surrogates as escapes', String.raw`["\uD800","\udfff"]`, String.raw`["\ud800", "\udfff"]`],
    ['names like those of Object.prototype', '{"constructor":1,"toString":2}', '{"constructor": 1, "toString": 2}'],
    ['64 levels', nested(64), nested(64)],
  ])('%s', (_, text, canonical) => {
    expect(tokenize(text)).toMatchObject({ canonical });
  });
});

describe('the JSON tokenizer refuses', () => {
  it.each([
    ['nothing', ''],
    ['white space only', ' \n'],
    ['a string at the top', '"a"'],
    ['a number at the top', '1'],
    ['a literal at the top', 'null'],
    ['an object without its end', '{"a":1'],
    ['an array without its end', '[1'],
    ['a lone bracket', '['],
    ['the wrong bracket', '[1}'],
    ['a closing bracket too many', '[1]]'],
    ['a second value', '{} {}'],
    ['text after the value', '[1]x'],
    ['NUL after the value', '[1]\u0000'],
    ['a trailing comma in an array', '[1,]'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a leading comma', '[,1]'],
    ['a double comma', '[1,,2]'],
    ['a missing comma', '[1 2]'],
    ['a missing comma after a string', '["a" "b"]'],
    ['a missing colon', '{"a" 1}'],
    ['a double colon', '{"a"::1}'],
    ['a missing value', '{"a":}'],
    ['a missing name', '{:1}'],
    ['an unquoted name', '{a:1}'],
    ['a name in single quotes', "{'a':1}"],
    ['a number as a name', '{1:1}'],
    ['a string in single quotes', "['a']"],
    ['a comment', '[1/*x*/]'],
    ['a leading zero', '[01]'],
    ['a negative leading zero', '[-01]'],
    ['a plus sign', '[+1]'],
    ['a lone minus', '[-]'],
    ['a double minus', '[--1]'],
    ['no digits before the point', '[.5]'],
    ['no digits after the point', '[1.]'],
    ['no digits after the point but an exponent', '[1.e1]'],
    ['an empty exponent', '[1e]'],
    ['an exponent with only a sign', '[1e+]'],
    ['a hexadecimal number', '[0x10]'],
    ['an underscore in a number', '[1_000]'],
    ['full-width digits', '[１２]'],
    ['NaN', '[NaN]'],
    ['Infinity', '[Infinity]'],
    ['negative Infinity', '[-Infinity]'],
    ['a capital literal', '[True]'],
    ['a literal cut short', '[nul]'],
    ['a literal run on', '[nullx]'],
    ['undefined', '[undefined]'],
    ['a string without its end', '["a]'],
    ['a backslash at the end', '["a\\'],
    ['an unknown escape', String.raw`["\a"]`],
    ['an escaped single quote', String.raw`["\'"]`],
    ['a capital U escape', String.raw`["\U0041"]`],
    ['a short Unicode escape', '["\\u12"]'],
    ['a Unicode escape of other letters', '["\\u12G4"]'],
    ['a raw newline in a string', '["a\nb"]'],
    ['a raw tab in a string', '["a\tb"]'],
    ['a raw NUL in a string', '["a\u0000b"]'],
    ['a no-break space between values', '[1,\u00a02]'],
    ['a form feed between values', '[1,\f2]'],
    ['a byte order mark', '\uFEFF{}'],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
    ['UTF-16 without a mark', [0x7b, 0x00, 0x7d, 0x00]],
    ['gzip', [0x1f, 0x8b, 0x08, 0x00]],
    ['a stray continuation byte', [...bytesOf('["'), 0x80, ...bytesOf('"]')]],
    ['an overlong slash', [...bytesOf('["'), 0xc0, 0xaf, ...bytesOf('"]')]],
    ['a surrogate in UTF-8', [...bytesOf('["'), 0xed, 0xa0, 0x80, ...bytesOf('"]')]],
    ['a code point past U+10FFFF', [...bytesOf('["'), 0xf4, 0x90, 0x80, 0x80, ...bytesOf('"]')]],
    ['a character cut short', [...bytesOf('["'), 0xe2, 0x82, ...bytesOf('"]')]],
    ['a repeated name', '{"a":1,"a":1}'],
    ['a repeated name among others', '{"a":1,"b":2,"c":3,"a":4}'],
    ['a repeated empty name', '{"":1,"":2}'],
    ['a name repeated as an escape', String.raw`{"a":1,"\u0061":2}`],
    ['a repeated name deep inside', '[[{"x":{"b":1,"a":2,"b":3}}]]'],
    ['__proto__', '{"__proto__":{"isAdmin":true}}'],
    ['__proto__ as an escape', String.raw`{"\u005f_proto__":1}`],
    ['__proto__ deep inside', '[{"a":{"__proto__":null}}]'],
    ['65 levels', nested(65)],
    ['65 levels of objects', '{"a":'.repeat(65) + '1' + '}'.repeat(65)],
    ['200,000 levels', nested(200_000)],
    ['200,000 levels without an end', '{"a":'.repeat(200_000)],
  ])('%s', (_, text) => {
    expect(tokenize(text)).toEqual({ fault: expect.stringMatching(/^The JSON body .*\.$/) });
  });
});

describe('the JSON tokenizer', () => {
  it('calls {} and [] empty, and nothing else', () => {
    for (const text of ['{}', '[]', ' { } ']) expect(tokenize(text)).toMatchObject({ isEmpty: true });
    for (const text of ['{"a":null}', '[[]]', '[0]', '[""]']) expect(tokenize(text)).toMatchObject({ isEmpty: false });
  });

  it('keeps numbers as JSON.parse gives them beside the characters received', () => {
    expect(tokenize('[1.0,-0,1e400,9007199254740993]')).toMatchObject({
      value: [1, -0, Infinity, 9_007_199_254_740_992],
      canonical: '[1.0, -0, 1e400, 9007199254740993]',
      isEmpty: false,
    });
  });

  // nodejs/node#63785: after the first body, V8's JSON.parse reads the name of the second as a backslash.
  it('reads an escaped name rightly where JSON.parse of the running engine may not', () => {
    JSON.parse(String.raw`{"h":[],"\\":0}`);
    tokenize(String.raw`{"h":[],"\\":0}`);
    expect(tokenize(String.raw`{"h":1,"\"":2}`)).toHaveProperty('value', { h: 1, '"': 2 });
  });

  it('touches no prototype and no byte outside its view', () => {
    const memory = Buffer.from('xx{"constructor":{"prototype":{"polluted":1}}}yy', 'latin1');
    expect(tokenizeJson(memory.subarray(2, -2))).toHaveProperty('value.constructor.prototype.polluted', 1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(memory.toString('latin1')).toMatch(/^xx.*yy$/);
  });

  it('takes another depth as its limit', () => {
    expect(tokenizeJson(Buffer.from('[[]]'), { depthMax: 1 })).toHaveProperty('fault');
    expect(tokenizeJson(Buffer.from('[[]]'), { depthMax: 2 })).toHaveProperty('canonical', '[[]]');
  });

  it('says where and why', () => {
    expect(tokenize('{"a":NaN}')).toEqual({
      fault: 'The JSON body is refused at byte 5: a value is missing or is none of JSON (NaN and Infinity are not).',
    });
  });

  it('gives any value of JSON back, and a fault for any other bytes, without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.array(fc.jsonValue())),
        (body) => {
          const wire = JSON.stringify(body);
          fc.pre(!wire.includes('__proto__'));
          const result = tokenize(wire);
          expect('value' in result && JSON.stringify(result.value)).toBe(wire);
        },
      ),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => typeof tokenizeJson(bytes) === 'object'));
  });

  it('gives the same canonical text whatever the order of the members', () => {
    const members = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue()), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(members, (pairs) => {
        const forwards = tokenize(spell(pairs));
        const backwards = tokenize(spell(pairs.toReversed()));
        expect('canonical' in backwards && backwards.canonical).toBe('canonical' in forwards && forwards.canonical);
      }),
    );
  });

  it('tells of each member of a top-level object its exact bytes, and nothing of inner ones', () => {
    const indentations = fc.constantFrom(undefined, 1, '\t\r\n');
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), indentations, (body, indentation) => {
        const wire = Buffer.from(JSON.stringify(body, null, indentation));
        fc.pre(!wire.includes('__proto__'));
        const { members } = tokenizeJson(wire) as { members: ReadonlyMap<string, { start: number; end: number }> };
        expect([...members.keys()]).toEqual(
          Object.keys(body).length === 0 ? [] : expect.arrayContaining(Object.keys(body)),
        );
        expect(members.size).toBe(Object.keys(body).length);
        for (const [name, { start, end }] of members) {
          const source = wire.toString('utf8', start, end);
          expect(source).toBe(source.trim());
          const again = tokenize(`[${source}]`);
          expect('value' in again && JSON.stringify(again.value)).toBe(JSON.stringify([body[name]]));
        }
      }),
    );
  });
});
