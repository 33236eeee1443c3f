import { describe, expect, it } from '@jest/globals';
import { NameInput, NoteInput } from './text.js';

const name = NameInput(100);
const note = NoteInput(500);

describe('a name', () => {
  it.each([
    'Production Server',
    ' trimmed ',
    'Ключ',
    '本番サーバー',
    'مفتاح الإنتاج',
    'می‌خواهم',
    'क्‍ष',
    'שָׁלוֹם',
    '👩‍💻 laptop',
    '❤️',
    'Ünïcode e\u0301',
    '-',
    '42',
    '᠑',
  ])('may be %s', (text) => {
    expect(name.parse(text)).toBe(text.trim());
  });

  it.each([
    ['zero-width spaces', '\u200b\u200b\u200b'],
    ['zero-width joiners', '\u200d\u200c'],
    ['word joiners', '\u2060'],
    ['marks of direction', '\u202e\u2066'],
    ['tags', '\u{e0041}\u{e0042}'],
    ['combining marks', '\u0301\u0308'],
    ['variation selectors', '\ufe0f\u{e0100}'],
    ['soft hyphens', '\u00ad\u00ad'],
    ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
    ['Braille blanks', '\u2800\u2800'],
    ['private use', '\ue000'],
    ['code points that stand for nothing', '\u{e01f0}\u0378'],
    ['a Mongolian vowel separator', '\u180e'],
  ])('cannot be made of %s', (_name, text) => {
    expect(name.safeParse(text).success).toBe(false);
    expect(note.safeParse(text).success).toBe(false);
  });

  it('cannot be made of blanks, of whatever kind', () => {
    for (const text of ['', '   ', '\u2000\u3000\u1680\u00a0']) expect(name.safeParse(text).success).toBe(false);
  });

  // each of these reads as another name, or as nothing at all, beside one that is written without it
  it.each([
    ['a right-to-left override', 'Safe\u202eretnuH'],
    ['an isolate', 'a\u2067b'],
    ['a right-to-left mark', 'a\u200fb'],
    ['a zero-width space', 'Kin\u200bdly'],
    ['a word joiner', 'Kin\u2060dly'],
    ['a byte order mark', 'Kin\ufeffdly'],
    ['a soft hyphen', 'Kin\u00addly'],
    ['a Hangul filler', 'Kindly\u3164.'],
    ['hidden tags', 'Kindly\u{e0065}\u{e0076}\u{e0069}\u{e006c}'],
    ['an interlinear annotation', 'a\ufff9b\ufffbc'],
    ['a line break', 'Safe\nIt is made by us'],
    ['a line separator', 'a\u2028b'],
    ['a bell', 'a\u0007b'],
    ['a control of C1', 'a\u009bb'],
  ])('cannot hold %s', (_name, text) => {
    expect(name.safeParse(text).success).toBe(false);
  });

  it('has one fault at a time, so that the answer says what to mend', () => {
    for (const text of ['a\0b', '\ud800', '', '   ', '\u200b', 'a\u202eb', 'x'.repeat(101)]) {
      expect({ text, issues: name.safeParse(text).error?.issues.length }).toEqual({ text, issues: 1 });
    }
  });
});

describe('a note', () => {
  it.each(['First line\nSecond line', 'a\tb', '', ' \n '])('may be %j', (text) => {
    expect(note.safeParse(text).success).toBe(true);
  });

  it.each([
    ['a right-to-left override', 'Safe\u202eretnuH'],
    ['hidden tags', 'ok\u{e0065}\u{e0076}'],
    ['an escape sequence of a terminal', 'ok\u001b[2J'],
    ['NUL', 'a\0b'],
  ])('cannot hold %s', (_name, text) => {
    expect(note.safeParse(text).success).toBe(false);
  });
});
