import { z } from 'zod';

/** Answer of `introspectToken` (RFC 7662 §2.2). */
export const IntrospectionView = z
  .object({
    active: z.boolean().meta({ description: 'False for whatever is not a live token that the caller may look at.' }),
    scope: z.string().optional(),
    client_id: z.string().optional(),
    token_type: z.string().optional(),
    sub: z.string().optional(),
    iss: z.string().optional(),
    aud: z.string().optional(),
    iat: z.int().optional(),
    exp: z.int().optional(),
  })
  .meta({ id: 'Introspection' });

/** Answer of `introspectToken`. */
export type Introspection = z.infer<typeof IntrospectionView>;
