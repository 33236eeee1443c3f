import type { ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';
import { PARAMETER_LENGTH_MAX } from './oauth-parameters.js';

type FormSchema = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

const text = { type: 'string' as const, maxLength: PARAMETER_LENGTH_MAX };

const CLIENT_PARAMETERS = {
  client_id: { ...text, description: 'Not needed beside `Authorization: Basic`.' },
  client_secret: { ...text },
  client_assertion_type: {
    ...text,
    example: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  },
  client_assertion: {
    ...text,
    description: 'A JWT signed with a key of the client (private_key_jwt).',
  },
};

/** Parameters of `issueToken`, for the documentation only: more are allowed and ignored (RFC 6749 §3.2). */
export const TOKEN_REQUEST: FormSchema = {
  type: 'object',
  required: ['grant_type'],
  properties: {
    grant_type: {
      ...text,
      example: 'authorization_code',
      description:
        'authorization_code, refresh_token, client_credentials or urn:ietf:params:oauth:grant-type:jwt-bearer.',
    },
    code: { ...text, description: 'authorization_code: good once, for 60 seconds.' },
    redirect_uri: { ...text, description: 'authorization_code: the one that the code was asked for with.' },
    code_verifier: { ...text, description: 'authorization_code: PKCE (RFC 7636).' },
    refresh_token: { ...text, description: 'refresh_token: good once; the answer brings its successor.' },
    assertion: { ...text, description: 'jwt-bearer: a JWT signed with the private key of a service account.' },
    scope: { ...text, description: 'Separated by spaces; default: all that is held.' },
    ...CLIENT_PARAMETERS,
  },
};

/** Parameters of `revokeToken` and `introspectToken`. */
export const TOKEN_INQUIRY: FormSchema = {
  type: 'object',
  required: ['token'],
  properties: {
    token: { ...text, description: 'An access token or a refresh token.' },
    token_type_hint: { ...text, description: 'Not needed.' },
    ...CLIENT_PARAMETERS,
  },
};

/** Answer of `issueToken` (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). */
export const TokenView = z
  .object({
    access_token: z.string().meta({ description: 'Send it as `Authorization: Bearer <access_token>`.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds.' }),
    scope: z.string(),
    refresh_token: z.string().optional(),
    id_token: z.string().optional().meta({ description: 'For the scope openid.' }),
  })
  .meta({ id: 'Token' });

/** Answer of `issueToken`. */
export type TokenAnswer = z.infer<typeof TokenView>;
