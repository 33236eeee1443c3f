import { z } from 'zod';
import { GRANTS } from '../../../kernel/access/permission.js';

/** Input: the permission list of a credential; an unknown name is refused, a repeated one counts once. */
export const GrantsInput = z
  .array(z.enum(GRANTS))
  .min(1)
  .max(GRANTS.length)
  .transform((grants) => [...new Set(grants)])
  .meta({ examples: [['read:compression', 'write:compression']] });
