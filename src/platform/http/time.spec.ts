import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseTime, printTime } from './time.js';

describe('parseTime', () => {
  it.each([
    ['2024-01-08T12:00:00Z', '2024-01-08T12:00:00.000Z'],
    ['2024-01-08t12:00:00z', '2024-01-08T12:00:00.000Z'],
    ['2024-01-08 12:00:00Z', '2024-01-08T12:00:00.000Z'],
    ['2024-01-08T12:00:00+02:00', '2024-01-08T10:00:00.000Z'],
    ['2024-01-08T12:00:00-23:59', '2024-01-09T11:59:00.000Z'],
    ['2024-01-08T12:00:00.5Z', '2024-01-08T12:00:00.500Z'],
    ['2024-01-08T12:00:00.123456789Z', '2024-01-08T12:00:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('reads %s', (text, iso) => {
    expect(parseTime(text)?.toISOString()).toBe(iso);
  });

  it.each([
    ['2024-01-08'],
    ['2024-01-08T12:00:00'],
    ['2024-01-08T12:00Z'],
    ['2024-02-30T00:00:00Z'],
    ['2023-02-29T00:00:00Z'],
    ['2024-13-01T00:00:00Z'],
    ['2024-01-08T24:00:00Z'],
    ['2024-01-08T24:00:01Z'],
    ['9999-12-31T23:59:59-00:01'],
    ['0001-01-01T00:00:00+00:01'],
    ['0000-12-31T00:00:00Z'],
    ['2024-01-08T12:60:00Z'],
    ['2024-01-08T12:00:00.1234567890Z'],
    ['2024-01-08T12:00:00+2:00'],
    ['2024-01-08T12:00:00 Z'],
    ['1704715200'],
    ['tomorrow'],
    [''],
  ])('refuses %s', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  it('reads back what is printed, to the second', () => {
    const moments = fc.date({
      min: new Date('1970-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (moment) => {
        expect(printTime(moment)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        expect(parseTime(printTime(moment))?.getTime()).toBe(Math.floor(moment.getTime() / 1000) * 1000);
      }),
    );
  });
});
