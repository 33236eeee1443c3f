import { z } from 'zod';
import { permissionNames } from '../../kernel/access/permission.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { TimeView } from '../../platform/http/index.js';
import { IdView, NameInput } from '../../platform/http/validation/index.js';
import { MfaCodeInput } from '../mfa/index.js';
import { EmailInput, NewEmailInput, NewPasswordInput, PasswordInput } from '../users/index.js';

/** Ours have about 500 characters. */
const REFRESH_TOKEN_LENGTH_MAX = 4_096;

const UserNameInput = NameInput(120).meta({ examples: ['John Doe'] });

/** Body of `register`. */
export const Registration = z
  .strictObject({
    email: NewEmailInput,
    password: NewPasswordInput,
    name: UserNameInput,
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

/** Body of `refreshToken`. */
export const Refresh = z
  .strictObject({ refresh_token: z.string().min(1).max(REFRESH_TOKEN_LENGTH_MAX) })
  .meta({ id: 'Refresh' });

/** Body of `updateMe`. */
export const UserChanges = z.strictObject({ name: UserNameInput.optional() }).meta({ id: 'UserChanges' });

/** Body of `changePassword`. */
export const PasswordChange = z
  .strictObject({ current_password: PasswordInput, new_password: NewPasswordInput })
  .refine((body) => body.current_password !== body.new_password, {
    path: ['new_password'],
    message: 'must differ from the current one',
  })
  .meta({ id: 'PasswordChange' });

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

/** Answer of `register`, `login` and `refreshToken`. */
export const SessionView = z
  .object({
    access_token: z.string().meta({ description: 'Send it as `Authorization: Bearer <access_token>`.' }),
    refresh_token: z.string().meta({
      description: 'Good for one refresh: each refresh spends it and gives a new one. Store the new one at once.',
    }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Life of the access token in seconds.', examples: [3600] }),
    user: UserView,
  })
  .meta({ id: 'Session' });

/** Answer of `register`, `login` and `refreshToken`. */
export type SessionAnswer = z.infer<typeof SessionView>;

/** A login session as lists show it. */
export const LoginSessionView = z
  .object({
    id: IdView,
    created_at: TimeView,
    last_seen_at: TimeView.meta({ description: 'Last request, exact to some seconds.' }),
    expires_at: TimeView.meta({ description: 'When it ends unless it is refreshed before.' }),
    ip: z.string().nullable().meta({ description: 'Address of the login.' }),
    user_agent: z.string().nullable(),
    current: z.boolean().meta({ description: 'Whether it is the session of this request.' }),
  })
  .meta({ id: 'LoginSession' });

/** Query of `listSessions`. */
export const LoginSessionQuery = z.strictObject({ ...pageQueryFields });

/** Answer of `listSessions`. */
export const LoginSessionPage = pageView(LoginSessionView).meta({ id: 'LoginSessionPage' });

/** Answer of `whoami`. */
export const CallerView = z
  .object({
    method: z.enum(['jwt', 'session_cookie', 'api_key', 'service_account', 'oauth']),
    subject: IdView.meta({ description: 'The user who owns the credential.' }),
    key_id: IdView.nullable().meta({
      description: 'The API key, or the key pair that a token of a service account was granted to; else null.',
    }),
    service_account_id: IdView.nullable().meta({
      description: 'The service account behind a token of its; else null.',
    }),
    client_id: IdView.nullable().meta({ description: 'The OAuth client that holds the token; else null.' }),
    permissions: z.array(z.lazy(() => z.enum(permissionNames()))),
    expires_at: TimeView.nullable().meta({ description: 'When the credential itself ends.' }),
    remaining_quota: z.int().nullable().meta({ description: 'What is left in this period; null without a quota.' }),
  })
  .meta({ id: 'Caller' });
