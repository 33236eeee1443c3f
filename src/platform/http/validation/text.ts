import { z } from 'zod';
import { isStorable } from '../../../kernel/storable-text.js';

/** The longest text that V8 can hold, in characters; customers' data end at `BODY_LIMIT`, long before. */
const DATA_LENGTH_MAX = 2 ** 29 - 24;

/** Input: customers' data, as text or in base64. */
export const DataInput = z.string().max(DATA_LENGTH_MAX);

/** Input: text that is stored. */
export const TextInput = z.string().refine(isStorable, {
  error: 'must hold neither NUL nor half of a surrogate pair',
  abort: true,
});

/**
 * What makes a text read other than it is written: controls, and characters that show nothing (marks of direction, tags,
 * zero-width spaces, fillers). Joiners and variation selectors are not among them: scripts and emoji need them.
 */
const MISLEADING =
  /[\p{Cc}\p{Zl}\p{Zp}\ufff9-\ufffb[\p{Default_Ignorable_Code_Point}--[\u200c\u200d\p{Variation_Selector}]]]/v;
/** What shows by itself: no mark that needs a letter, no blank, none of the above, and not the Braille pattern without dots. */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800]]/v;

/** Input: the name of something, of at most so many characters: one line that people can read and tell from others. */
export function NameInput(lengthMax: number) {
  return TextInput.trim()
    .min(1, { abort: true })
    .max(lengthMax, { abort: true })
    .refine((name) => !MISLEADING.test(name), {
      error: 'must not hold control characters, marks of direction or other characters that do not show',
      abort: true,
    })
    .refine((name) => VISIBLE.test(name), 'must hold a character that can be seen');
}

/** Input: a text for people, of at most so many characters and any number of lines; it may be empty. */
export function NoteInput(lengthMax: number) {
  return TextInput.trim()
    .max(lengthMax, { abort: true })
    .refine((note) => !MISLEADING.test(note.replaceAll(/[\t\n\r]/g, '')), {
      error: 'must not hold control characters, marks of direction or other characters that do not show',
      abort: true,
    })
    .refine((note) => note === '' || VISIBLE.test(note), 'must hold a character that can be seen');
}
