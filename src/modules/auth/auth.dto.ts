import { z } from 'zod';
import { TimeView } from '../../platform/http/time.js';
import { IdView } from '../../platform/http/validation/ids.js';
import { MfaCodeInput } from '../mfa/index.js';
import { EmailInput, NewPasswordInput, PasswordInput } from '../users/index.js';

/** Body of `register`. */
export const Registration = z
  .strictObject({
    email: EmailInput,
    password: NewPasswordInput,
    name: z
      .string()
      .trim()
      .min(1)
      .max(120)
      .meta({ examples: ['John Doe'] }),
  })
  .meta({ id: 'Registration' });

/** Body of `login`. */
export const Login = z
  .strictObject({
    email: EmailInput,
    password: PasswordInput,
    mfa_code: MfaCodeInput.optional(),
    cookie: z.boolean().optional().meta({ description: 'Also sets the session cookie, for browsers.' }),
  })
  .meta({ id: 'Login' });

/** A user as the API shows it. */
export const UserView = z
  .object({
    id: IdView,
    email: z.string(),
    name: z.string(),
    email_verified: z.boolean(),
    created_at: TimeView,
  })
  .meta({ id: 'User' });

/** Answer of `register` and `login`. */
export const SessionView = z
  .object({
    access_token: z.string().meta({ description: 'Send it as `Authorization: Bearer <access_token>`.' }),
    refresh_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Life of the access token in seconds.', examples: [3600] }),
    user: UserView,
  })
  .meta({ id: 'Session' });

/** Answer of `register` and `login`. */
export type SessionAnswer = z.infer<typeof SessionView>;
