import type { IncomingMessage } from 'node:http';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { countHeaders } from '../http/index.js';

/** A credential as it came, not yet verified. */
export interface Credential {
  readonly scheme: 'bearer' | 'api_key' | 'session_cookie';
  readonly value: string;
}

/** Longest header value that can be a credential, in characters. */
const CREDENTIAL_LENGTH_MAX = 8_192;

const BASIC = /^Basic\b/i;
/** What a client sends that fills in a credential it does not have. */
const EMPTY_AUTHORIZATION = /^(?:Bearer)?\s*$/i;
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/**
 * Takes the one header credential off a request; null if there is none. An empty header is none.
 * @throws AppError AUTH_014 for two, AUTH_003 for an Authorization header that is not `Bearer <token>`
 */
export function credentialOf(request: IncomingMessage): Credential | null {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  if (authorization === undefined && apiKey === undefined) return null;
  assertOneCredential(request);
  if (!isEmptyAuthorization(authorization)) return { scheme: 'bearer', value: bearerToken(authorization) };
  return isEmptyKey(apiKey) ? null : { scheme: 'api_key', value: String(apiKey) };
}

/** Whether the one header credential is HTTP Basic (RFC 7617). @throws AppError AUTH_014 for two */
export function isBasic(request: IncomingMessage): boolean {
  const isScheme = BASIC.test(request.headers.authorization ?? '');
  if (isScheme) assertOneCredential(request);
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

function isEmptyAuthorization(authorization: string | undefined): authorization is undefined {
  return authorization === undefined || EMPTY_AUTHORIZATION.test(authorization);
}

function isEmptyKey(apiKey: string | string[] | undefined): boolean {
  return apiKey === undefined || apiKey === '';
}

/** Neither of both kinds, nor one kind twice: Node would merge the keys, and keep the first Authorization. */
function assertOneCredential({ headers, rawHeaders }: IncomingMessage): void {
  const { authorization, 'x-api-key': apiKey } = headers;
  const isOne =
    (isEmptyAuthorization(authorization) || isEmptyKey(apiKey)) &&
    (authorization === undefined || countHeaders(rawHeaders, 'authorization') === 1) &&
    (apiKey === undefined || countHeaders(rawHeaders, 'x-api-key') === 1);
  if (!isOne) throw new AppError('AUTH_014', { detail: 'Send one Authorization or X-API-Key header, and only one.' });
}
