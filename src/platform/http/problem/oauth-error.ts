import type { AccessCheck } from '../../../kernel/access/access-checks.js';
import type { SuspectCredential } from '../../../kernel/access/suspect-credential.js';

/** The error codes of RFC 6749 §5.2, those of RFC 6750 §3.1 for bearers, and what the same answer says of a server that cannot serve (§4.1.2.1). */
export const OAUTH_ERROR_STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  server_error: 500,
  temporarily_unavailable: 503,
} as const;

export type OAuthErrorCode = keyof typeof OAUTH_ERROR_STATUS;

/** What only the audit trail is told of a refusal: whose credential it was, and which check has refused it. */
export interface OAuthErrorOptions extends ErrorOptions {
  readonly suspect?: SuspectCredential | undefined;
  readonly check?: AccessCheck;
}

/** A refusal of an OAuth endpoint, where the protocol prescribes the body; `description` is public. */
export class OAuthError extends Error {
  readonly suspect: SuspectCredential | undefined;
  readonly check: AccessCheck;

  constructor(
    readonly code: OAuthErrorCode,
    readonly description: string,
    { suspect, check = 'credential', ...options }: OAuthErrorOptions = {},
  ) {
    super(description, options);
    this.name = 'OAuthError';
    this.suspect = suspect;
    this.check = check;
  }

  /** The same sentence under the name that it has in other refusals. */
  get detail(): string {
    return this.description;
  }
}
