import { z } from 'zod';
import { isStorable } from '../../../kernel/storable-text.js';

/** Input: text that is stored. */
export const TextInput = z.string().refine(isStorable, 'must hold neither NUL nor half of a surrogate pair');
