import { describe, expect, it } from '@jest/globals';
import { printCsv } from './print-csv.js';

describe('printCsv', () => {
  it('separates, quotes and ends lines as RFC 4180 says', () => {
    const rows = [
      ['plain', 'with, comma', 'with "quotes"', 'two\nlines'],
      [1.5, -3, null, undefined],
    ];
    expect(printCsv(rows)).toBe('plain,"with, comma","with ""quotes""","two\nlines"\r\n1.5,-3,,\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '\uFEFF=1'])(
    'lets no text begin a formula: %j',
    (text) => {
      expect(printCsv([[text]]).replaceAll('"', '')).toMatch(/^'/);
    },
  );

  it('leaves other text and numbers alone, negative ones too', () => {
    expect(printCsv([['a=b', '5-3', -5, 'x@y']])).toBe('a=b,5-3,-5,x@y\r\n');
  });
});
