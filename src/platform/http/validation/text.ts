import { z } from 'zod';

/** Input: text that is stored. PostgreSQL's `text` and `jsonb` take neither NUL nor half of a surrogate pair. */
export const TextInput = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must hold neither NUL nor half of a surrogate pair');
