import { z } from 'zod';
import { isUuid } from '../../../kernel/ids.js';

/** A path parameter that names a resource; anything else than a UUID is answered like an unknown one. */
export const ResourceId = z
  .string()
  .refine(isUuid)
  .transform((id) => id.toLowerCase())
  .meta({ format: 'uuid' });

/** An id in an answer. */
export const IdView = z.string().meta({ format: 'uuid' });
