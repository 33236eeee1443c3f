import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { isFault } from '../../fault.js';
import { parseDictionary } from './parse-dictionary.js';
import { serializeInnerList } from './serialize.js';
import type { BareItem, InnerList } from './structured-field.js';
import { Token } from './structured-field.js';

const letters = (alphabet: string): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength: 1, maxLength: 6 });

const bareItem: fc.Arbitrary<BareItem> = fc.oneof(
  fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
  fc.string({ unit: 'grapheme-ascii' }),
  fc.boolean(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  letters('aZ*').map((text) => new Token(`${text}/x:0`)),
);
const parameters = fc.array(fc.tuple(letters('az*'), bareItem), { maxLength: 3 }).map((pairs) => new Map(pairs));
const innerList: fc.Arbitrary<InnerList> = fc.record({
  value: fc.array(fc.record({ value: bareItem, parameters }), { maxLength: 4 }),
  parameters,
});

describe('a structured-field dictionary', () => {
  it('holds the items and inner lists of RFC 9651', () => {
    expect(parseDictionary(' a=1 , b;x=?0;y,\tc=(1 "two";q);z=tok, d=:AAE=:, e="\\"" ')).toEqual(
      new Map<string, unknown>([
        ['a', { value: 1, parameters: new Map() }],
        [
          'b',
          {
            value: true,
            parameters: new Map([
              ['x', false],
              ['y', true],
            ]),
          },
        ],
        [
          'c',
          {
            value: [
              { value: 1, parameters: new Map() },
              { value: 'two', parameters: new Map([['q', true]]) },
            ],
            parameters: new Map([['z', new Token('tok')]]),
          },
        ],
        ['d', { value: Buffer.from([0, 1]), parameters: new Map() }],
        ['e', { value: '"', parameters: new Map() }],
      ]),
    );
    expect(parseDictionary('')).toEqual(new Map());
  });

  it.each([
    'a=',
    'a=1,',
    ',a=1',
    'a=1 b=2',
    'a=1;',
    'a=(1',
    'a=1)',
    'a="',
    'a=é',
    'A=1',
    'a=1.5',
    'a=@1',
    'a=1, a=2',
    '\ta=1',
  ])('is refused as a whole: %j', (text) => {
    expect(parseDictionary(text)).toEqual({ fault: expect.any(String) });
  });

  it('gives back what was serialized', () => {
    fc.assert(
      fc.property(innerList, (list) => {
        const parsed = parseDictionary(`key=${serializeInnerList(list)}`);
        expect(isFault(parsed) ? parsed : parsed.get('key')).toEqual(list);
      }),
    );
  });
});
