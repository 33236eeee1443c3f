/** The error codes of an authorization answer (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6). */
export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'login_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported';

/** What is wrong with a request whose client or redirect URI cannot be trusted: a page says so, nobody is redirected. */
export class PageFault extends Error {
  constructor(readonly sentence: string) {
    super(sentence);
    this.name = 'PageFault';
  }
}

/** What is wrong with a request whose client is told at its redirect URI. */
export class AuthorizationFault extends Error {
  constructor(
    readonly code: AuthorizationErrorCode,
    readonly description: string,
  ) {
    super(description);
    this.name = 'AuthorizationFault';
  }
}
