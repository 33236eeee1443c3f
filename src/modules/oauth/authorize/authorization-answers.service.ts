import type { ReturnAddress } from './authorization-request.js';

/** What a client is sent back with: a code, or an error. */
export type AuthorizationAnswer =
  { readonly code: string } | { readonly error: string; readonly error_description: string };

/** The URL that takes an answer to the client (RFC 6749 §4.1.2), with the issuer of it (RFC 9207 §2). */
export function answerUrl({ redirectUri, state }: ReturnAddress, issuer: string, answer: AuthorizationAnswer): string {
  const parameters = new URLSearchParams({ ...answer, ...(state !== null && { state }), iss: issuer });
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters.toString()}`;
}
