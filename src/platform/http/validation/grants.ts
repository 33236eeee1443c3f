import { z } from 'zod';
import { grantNames } from '../../../kernel/access/permission.js';

/** Input: the permission list of a credential; an unknown name is refused, a repeated one counts once. */
export const GrantsInput = z.lazy(() =>
  z
    .array(z.enum(grantNames()))
    .min(1)
    .max(grantNames().length)
    .transform((grants) => [...new Set(grants)])
    .meta({ examples: [['read:compression', 'write:compression']] }),
);
