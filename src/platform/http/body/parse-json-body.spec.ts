import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseJsonBody } from './parse-json-body.js';

function parse(text: string) {
  return parseJsonBody(Buffer.from(text));
}

describe('parseJsonBody', () => {
  it('gives the value of any JSON text, and of each top-level member its exact characters', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        (object, indentation) => {
          const body = parse(JSON.stringify(object, null, indentation));
          // as text: JSON writes -0 as 0
          expect(JSON.stringify(body.value)).toBe(JSON.stringify(object));
          expect(body.sourceOf('a name that no body has')).toBeUndefined();
          for (const name of Object.keys(object)) {
            const source = String(body.sourceOf(name));
            expect(source).toBe(source.trim());
            expect(JSON.stringify(parse(`[${source}]`).value)).toBe(JSON.stringify([object[name]]));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  // nodejs/node#63785: after the first body, V8 reads the name of the second as a backslash
  it('reads escaped names right where V8 does not', () => {
    parse(String.raw`{"h":[],"\\":0}`);
    expect(parse(String.raw`{"h":1,"\"":2}`).value).toEqual({ h: 1, '"': 2 });
  });

  it('keeps a member named __proto__ as a member, escaped or not', () => {
    for (const text of ['{"__proto__":{"x":1}}', String.raw`{"\u005f_proto__":{"x":1}}`]) {
      const { value } = parse(text);
      expect(Object.getOwnPropertyNames(value)).toEqual(['__proto__']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
  });

  it.each([
    ['{"a":1,"a":2}', 'The member a is named twice.'],
    [String.raw`{"a":1,"\u0061":2}`, 'The member a is named twice.'],
    ['{"b":[{},{"a":{"x":1,"x":2}}]}', 'The member b[1].a.x is named twice.'],
    ['{"a":', 'The body is not valid JSON (it ends too early or is empty).'],
    ['{"a":NaN}', 'The body is not valid JSON.'],
    [`${'['.repeat(257)}${']'.repeat(257)}`, 'The body is nested more than 256 levels deep.'],
  ])('refuses %s', (text, detail) => {
    expect(() => parse(text)).toThrow(detail);
  });

  it('takes 256 levels', () => {
    expect(() => parse(`${'['.repeat(256)}${']'.repeat(256)}`)).not.toThrow();
  });
});
