import { Declarations } from '../declarations.js';

/** What a code of the catalogue says to the client, and when it is used (for the documentation). */
export interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly solution: string;
  readonly when: string;
}

/** The refusals that any operation can give. */
const COMMON_ERRORS = {
  AUTH_001: {
    status: 401,
    title: 'Invalid credentials',
    solution: 'Check email/password',
    when: 'The password is wrong or the e-mail address is unknown; the answer is the same for both.',
  },
  AUTH_002: {
    status: 401,
    title: 'Token expired',
    solution: 'Refresh token or re-login',
    when: 'The access token is expired, revoked or logged out, or the refresh token is expired, revoked or replayed.',
  },
  AUTH_003: {
    status: 401,
    title: 'Invalid token format',
    solution: 'Ensure proper Bearer format',
    when: 'The Authorization header is not `Bearer <token>`, or the signature, algorithm or claims are wrong.',
  },
  AUTH_004: {
    status: 401,
    title: 'API key not found',
    solution: "Check key hasn't been revoked",
    when: 'The X-API-Key header is not a live key: malformed, unknown, expired, revoked or quarantined.',
  },
  AUTH_005: {
    status: 403,
    title: 'IP not whitelisted',
    solution: 'Add IP to allowed list',
    when: "The caller's address is not on the credential's allow list, or is on its deny list.",
  },
  AUTH_006: {
    status: 401,
    title: 'MFA required',
    solution: 'Provide MFA code',
    when: 'The password is right but `mfa_code` is missing, wrong or was used before, or a step-up is due.',
  },
  AUTH_007: {
    status: 423,
    title: 'Account locked',
    solution: 'Contact support',
    when: 'There were too many failed logins (see Retry-After), or an administrator has disabled the account.',
  },
  AUTH_008: {
    status: 401,
    title: 'Authentication required',
    solution: 'Send an Authorization or X-API-Key header',
    when: 'The request carries no credential at all.',
  },
  AUTH_009: {
    status: 403,
    title: 'Insufficient permissions',
    solution: 'Use a credential that holds the missing permission',
    when: 'The credential is valid but lacks the permission that the detail names.',
  },
  AUTH_010: {
    status: 403,
    title: 'CSRF token missing or invalid',
    solution: 'Get a token from GET /api/csrf-token and send it in X-CSRF-Token',
    when: 'A state-changing request is authenticated by a cookie and lacks a fresh token of that session.',
  },
  AUTH_011: {
    status: 401,
    title: 'Invalid request signature',
    solution: 'Sign the request as the documentation describes, with a synchronised clock',
    when: 'The signature is missing, malformed or wrong, or the timestamp is too far from the server clock.',
  },
  AUTH_012: {
    status: 401,
    title: 'Request replayed',
    solution: 'Use a new nonce for each request',
    when: 'The nonce was seen before for this key.',
  },
  AUTH_013: {
    status: 429,
    title: 'Quota exceeded',
    solution: 'Wait for the next quota period or raise the quota of the key',
    when: 'The key has used up its quota for the current period.',
  },
  AUTH_014: {
    status: 400,
    title: 'More than one credential',
    solution: 'Send exactly one of Authorization and X-API-Key',
    when: 'The request carries two header credentials.',
  },
  REQ_001: {
    status: 400,
    title: 'Validation failed',
    solution: 'Correct the fields that `errors` names',
    when: 'A field or query parameter is unknown, missing, mistyped or out of range.',
  },
  REQ_002: {
    status: 400,
    title: 'Malformed body',
    solution: 'Send a well-formed JSON body in UTF-8',
    when: 'The body is not JSON, not UTF-8, nested too deeply, has too many members or names one twice.',
  },
  REQ_003: {
    status: 413,
    title: 'Payload too large',
    solution: 'Send a smaller body, or stream it where the operation allows that',
    when: 'The body is larger than the limit.',
  },
  REQ_004: {
    status: 415,
    title: 'Unsupported media type',
    solution: 'Send Content-Type: application/json',
    when: 'The Content-Type or Content-Encoding of the body is not supported by the operation.',
  },
  REQ_005: {
    status: 404,
    title: 'Not found',
    solution: 'Check the path and the id',
    when: 'There is no such path, or no such resource that belongs to the caller.',
  },
  REQ_006: {
    status: 409,
    title: 'Conflict',
    solution: 'Read the current state and try again',
    when: 'The request contradicts the current state, for example an e-mail address that is already registered.',
  },
  REQ_007: {
    status: 422,
    title: 'Idempotency key reused',
    solution: 'Use a new Idempotency-Key for a different request',
    when: 'The Idempotency-Key was used before with another body.',
  },
  REQ_008: {
    status: 429,
    title: 'Rate limit exceeded',
    solution: 'Wait for as long as Retry-After says',
    when: 'There were too many requests in the current window.',
  },
  REQ_009: {
    status: 405,
    title: 'Method not allowed',
    solution: 'Use one of the methods in the Allow header',
    when: 'The path exists, but not with this method.',
  },
  REQ_012: {
    status: 417,
    title: 'Expectation failed',
    solution: 'Leave the Expect header out, or send 100-continue',
    when: 'The Expect header asks for something that the server does not know.',
  },
  SRV_001: {
    status: 500,
    title: 'Internal error',
    solution: 'Try again later; if it persists, contact support with the request id',
    when: 'The server failed. Nothing about the cause leaves the server.',
  },
  SRV_002: {
    status: 503,
    title: 'Dependency unavailable',
    solution: 'Try again after the time that Retry-After gives',
    when: 'The database or another dependency does not answer, or the server is at its capacity.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** All codes: those of any operation, and each module adds its own. */
export interface ErrorCodes extends Readonly<typeof COMMON_ERRORS> {}

/** A code of the catalogue, for example `AUTH_005`. */
export type ErrorCode = keyof ErrorCodes;

/** Our own failures come last, whoever declares what. */
function inOrder(codes: readonly ErrorCode[]): readonly ErrorCode[] {
  const isOurs = (code: ErrorCode): boolean => code.startsWith('SRV_');
  return [...codes.filter((code) => !isOurs(code)), ...codes.filter(isOurs)];
}

const DECLARED = new Declarations<ErrorCode, ErrorEntry>('error', inOrder);
DECLARED.add(COMMON_ERRORS);

/** Declares the refusals of a module; @returns them, for the module to add their codes to {@link ErrorCodes}. */
export function declareErrors<const Codes extends string>(errors: Readonly<Record<Codes, ErrorEntry>>): typeof errors {
  DECLARED.add(errors);
  return errors;
}

/** What the catalogue says of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return DECLARED.get(code);
}

/**
 * Every refusal the API can give. The problem filter, the OpenAPI document and the error page all read this catalogue, and
 * a test holds them equal to it.
 */
export function errorCodes(): readonly ErrorCode[] {
  return DECLARED.names();
}
