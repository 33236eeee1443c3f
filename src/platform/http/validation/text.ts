import { z } from 'zod';

/** Whether PostgreSQL's `text` and `jsonb` can hold a text: they take neither NUL nor half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Input: text that is stored. */
export const TextInput = z.string().refine(isStorable, 'must hold neither NUL nor half of a surrogate pair');
