import { z } from 'zod';
import { isStorable } from '../../../kernel/storable-text.js';

/** The longest text that V8 can hold, in characters; customers' data end at `BODY_LIMIT`, long before. */
const DATA_LENGTH_MAX = 2 ** 29 - 24;

/** Input: customers' data, as text or in base64. */
export const DataInput = z.string().max(DATA_LENGTH_MAX);

/** Input: text that is stored. */
export const TextInput = z.string().refine(isStorable, 'must hold neither NUL nor half of a surrogate pair');
