import type { ErrorCode } from '../../../kernel/errors/catalogue.js';

const BEARER = 'Bearer realm="kindly"';
const API_KEY = 'ApiKey realm="kindly"';

const CHALLENGES: Partial<Record<ErrorCode, string>> = {
  AUTH_002: `${BEARER}, error="invalid_token", error_description="The token is expired or revoked"`,
  AUTH_003: `${BEARER}, error="invalid_token", error_description="The token is not valid"`,
  AUTH_004: API_KEY,
  AUTH_008: `${BEARER}, ${API_KEY}`,
  AUTH_011: API_KEY,
  AUTH_012: API_KEY,
};

/** The `WWW-Authenticate` value of a 401 (RFC 9110 §11.6.1, RFC 6750 §3). */
export function challengeFor(code: ErrorCode): string {
  return CHALLENGES[code] ?? BEARER;
}
