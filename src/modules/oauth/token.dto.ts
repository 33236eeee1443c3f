import type { ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';

/** Parameters of `issueToken`, for the documentation only: more are allowed and ignored (RFC 6749 §3.2). */
export const TOKEN_REQUEST: Extract<ApiBodyOptions, { schema: unknown }>['schema'] = {
  type: 'object',
  required: ['grant_type'],
  properties: {
    grant_type: { type: 'string', example: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
    assertion: { type: 'string', description: 'A JWT signed with the private key of a service account.' },
    scope: { type: 'string', description: 'Permissions, separated by spaces; default: all it holds.' },
  },
};

/** Answer of `issueToken` (RFC 6749 §5.1). */
export const TokenView = z
  .object({
    access_token: z.string().meta({ description: 'Send it as `Authorization: Bearer <access_token>`.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds.' }),
    scope: z.string(),
  })
  .meta({ id: 'Token' });

/** Answer of `issueToken`. */
export type TokenAnswer = z.infer<typeof TokenView>;
