import type { IncomingMessage } from 'node:http';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { AppError } from '../../kernel/errors/app-error.js';

/** A credential as it came, not yet verified. */
export interface Credential {
  readonly scheme: 'bearer' | 'api_key' | 'session_cookie';
  readonly value: string;
}

/** Longest header value that can be a credential, in characters. */
const CREDENTIAL_LENGTH_MAX = 8_192;

const BASIC = /^Basic\b/i;
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/**
 * Takes the one header credential off a request; null if there is none.
 * @throws AppError AUTH_014 for two, AUTH_003 for an Authorization header that is not `Bearer <token>`
 */
export function credentialOf(request: IncomingMessage): Credential | null {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  if (authorization === undefined && apiKey === undefined) return null;
  assertOneHeader(request);
  if (authorization === undefined) return { scheme: 'api_key', value: String(apiKey) };
  return { scheme: 'bearer', value: bearerToken(authorization) };
}

/** Whether the one header credential is HTTP Basic (RFC 7617). @throws AppError AUTH_014 for two */
export function isBasic(request: IncomingMessage): boolean {
  const isScheme = BASIC.test(request.headers.authorization ?? '');
  if (isScheme) assertOneHeader(request);
  return isScheme;
}

/** Names a credential in memory, so that none is kept there: the same text under another scheme is another credential. */
export function digestOfCredential({ scheme, value }: Credential): string {
  return sha256Hex(`${scheme} ${value}`);
}

function bearerToken(authorization: string): string {
  const token = authorization.length <= CREDENTIAL_LENGTH_MAX ? BEARER.exec(authorization)?.[1] : undefined;
  if (token === undefined) {
    throw new AppError('AUTH_003', { detail: 'The Authorization header must be: Bearer <token>.' });
  }
  if (token.startsWith('kapi_')) {
    throw new AppError('AUTH_003', { detail: 'This is an API key; send it in the X-API-Key header.' });
  }
  return token;
}

function assertOneHeader({ rawHeaders }: IncomingMessage): void {
  if (countCredentialHeaders(rawHeaders) === 1) return;
  throw new AppError('AUTH_014', { detail: 'Send one Authorization or X-API-Key header, and only one.' });
}

/** Node merges or drops repeated headers, so the raw list has to be counted. */
function countCredentialHeaders(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let position = 0; position < rawHeaders.length; position += 2) {
    const name = rawHeaders[position] ?? '';
    if (name.length !== 13 && name.length !== 9) continue;
    const lower = name.toLowerCase();
    if (lower === 'authorization' || lower === 'x-api-key') count++;
  }
  return count;
}
