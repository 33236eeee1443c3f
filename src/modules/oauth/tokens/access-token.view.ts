import type { TokenAnswer } from '../protocol/token.dto.js';
import type { AccessToken } from './access-tokens.js';

/** Shows a new access token to its client (RFC 6749 §5.1). */
export function viewAccessToken({ plaintext, expiresIn, scopes }: AccessToken): TokenAnswer {
  return { access_token: plaintext, token_type: 'Bearer', expires_in: expiresIn, scope: scopes.join(' ') };
}
