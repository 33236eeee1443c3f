import { z } from 'zod';
import { AppError } from '../../../kernel/errors/app-error.js';
import { errorEntry } from '../../../kernel/errors/catalogue.js';
import { challengeFor } from './challenge.js';
import { OAUTH_ERROR_STATUS, OAuthError, type OAuthErrorCode } from './oauth-error.js';

/** The body of every refusal under `/oauth` (RFC 6749 §5.2). */
export const OAuthErrorView = z
  .object({
    error: z.enum(Object.keys(OAUTH_ERROR_STATUS) as [OAuthErrorCode, ...OAuthErrorCode[]]),
    error_description: z.string(),
  })
  .meta({ id: 'OAuthError', description: 'A refusal (RFC 6749 §5.2).' });

/** A refusal ready to be sent. */
export interface OAuthRefusal {
  readonly status: number;
  readonly body: z.infer<typeof OAuthErrorView>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a path is answered as OAuth's specifications prescribe, and not with problems. */
export function isOAuthPath(path: string): boolean {
  return path.startsWith('/oauth/');
}

/** Puts a refusal into OAuth's words; what the catalogue says of a malformed request is an invalid one here. */
export function toOAuthRefusal(error: OAuthError | AppError): OAuthRefusal {
  const code = error instanceof OAuthError ? error.code : codeOf(error);
  const description = error instanceof OAuthError ? error.description : (error.detail ?? errorEntry(error.code).title);
  const status = statusOf(error, code);
  return {
    status,
    body: { error: code, error_description: printable(description) },
    headers: {
      ...((status === 401 || code === 'insufficient_scope') && { 'WWW-Authenticate': challengeOf(error, code) }),
      ...(error instanceof AppError && error.headers),
    },
  };
}

function codeOf({ code: error }: AppError): OAuthErrorCode {
  const { status } = errorEntry(error);
  // what a guard refuses is a credential of the API; clients are the endpoints' own business
  if (status === 401) return 'invalid_token';
  if (error === 'AUTH_009') return 'insufficient_scope';
  if (status === 503 || status === 429) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}

function challengeOf(error: OAuthError | AppError, code: OAuthErrorCode): string {
  if (code === 'invalid_client') return 'Basic realm="kindly"';
  return error instanceof AppError ? challengeFor(error.code) : `Bearer realm="kindly", error="${code}"`;
}

/** The statuses of HTTP itself stay; what the specification calls an invalid request is a 400. */
function statusOf(error: OAuthError | AppError, code: OAuthErrorCode): number {
  if (error instanceof OAuthError) return OAUTH_ERROR_STATUS[code];
  const { status } = errorEntry(error.code);
  if (status === 403) return OAUTH_ERROR_STATUS[code];
  return status === 415 ? 400 : status;
}

/** RFC 6749 §5.2 leaves quotes, backslashes and all beyond ASCII out of a description. */
function printable(text: string): string {
  return text.replaceAll(/[^ !#-[\]-~]/g, "'");
}
