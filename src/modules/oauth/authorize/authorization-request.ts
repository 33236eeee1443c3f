import { isStorable } from '../../../kernel/storable-text.js';
import type { KnownClient } from '../clients/client-directory.js';
import { isRedirectUri } from '../clients/redirect-uri.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import { narrowScope } from '../grants/narrow-scope.js';
import type { Scope } from '../scopes.js';
import { AuthorizationFault, PageFault } from './authorization-fault.js';

/** Where an answer goes, known to be the client's. */
export interface ReturnAddress {
  readonly client: KnownClient;
  readonly redirectUri: string;
  readonly state: string | null;
}

/** What `prompt` may ask for (OpenID Connect Core §3.1.2.1). */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** A request for a code that is in order. */
export interface AuthorizationRequest extends ReturnAddress {
  readonly scopes: readonly Scope[];
  /** S256; null: the client sent none, and need not. */
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  readonly prompts: ReadonlySet<Prompt>;
  /** Seconds that the login may be old; null: any. */
  readonly maxAgeSeconds: number | null;
  readonly loginHint: string | null;
  /** An ID token of the user that is meant; null: anybody. */
  readonly idTokenHint: string | null;
}

const CHALLENGE = /^[\w-]{43}$/;
const NONCE_LENGTH_MAX = 512;
const MAX_AGE = /^\d{1,9}$/;

/** The client and where it wants its answer, before anything else is looked at. @throws PageFault */
export function returnAddress(query: URLSearchParams, client: KnownClient): ReturnAddress {
  const redirectUri = single(query, 'redirect_uri');
  if (redirectUri === null)
    throw new PageFault('The application does not say where to send you back to (redirect_uri).');
  if (!client.redirectUris.some((registered) => isRedirectUri(registered, redirectUri))) {
    throw new PageFault(
      'The application wants to send you to an address that is not registered for it (redirect_uri).',
    );
  }
  const states = query.getAll('state');
  return { client, redirectUri, state: (states.length === 1 && states[0]) || null };
}

/** Checks the rest of a request, in the order of the specification. @throws AuthorizationFault with the first fault */
export function checkRequest(query: URLSearchParams, address: ReturnAddress): AuthorizationRequest {
  requireSingles(query);
  refuseOtherForms(query);
  const { client } = address;
  if (!client.grantTypes.includes('authorization_code')) {
    throw new AuthorizationFault('unauthorized_client', 'The client is not registered for authorization_code.');
  }
  return {
    ...address,
    scopes: scopesOf(query, client),
    codeChallenge: challengeOf(query, client),
    nonce: nonceOf(query),
    prompts: promptsOf(query),
    maxAgeSeconds: maxAgeOf(query),
    loginHint: valueOf(query, 'login_hint'),
    idTokenHint: valueOf(query, 'id_token_hint'),
  };
}

/** The value of a parameter that must not be repeated where nobody can be redirected yet. @throws PageFault */
export function single(query: URLSearchParams, name: string): string | null {
  if (query.getAll(name).length > 1) throw new PageFault(`The application sends ${name} twice.`);
  return valueOf(query, name);
}

/** RFC 6749 §3.1: a parameter without a value counts as omitted. */
function valueOf(query: URLSearchParams, name: string): string | null {
  return query.get(name) || null;
}

function requireSingles(query: URLSearchParams): void {
  const repeated = [...query.keys()].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) throw invalid('A parameter is repeated.');
}

function refuseOtherForms(query: URLSearchParams): void {
  if (query.has('request')) throw new AuthorizationFault('request_not_supported', 'request is not supported.');
  if (query.has('request_uri')) {
    throw new AuthorizationFault('request_uri_not_supported', 'request_uri is not supported.');
  }
  const type = valueOf(query, 'response_type');
  if (type === null) throw invalid('response_type is missing.');
  if (type !== 'code') throw new AuthorizationFault('unsupported_response_type', 'response_type must be code.');
  if ((valueOf(query, 'response_mode') ?? 'query') !== 'query') throw invalid('response_mode must be query.');
}

function scopesOf(query: URLSearchParams, client: KnownClient): readonly Scope[] {
  try {
    return narrowScope(client.scopes, query.get('scope') ?? undefined);
  } catch (error) {
    if (error instanceof OAuthError) throw new AuthorizationFault('invalid_scope', error.description);
    throw error;
  }
}

/** PKCE (RFC 7636 §4.3), with the one method that keeps the verifier from whoever sees the request. */
function challengeOf(query: URLSearchParams, client: KnownClient): string | null {
  const challenge = valueOf(query, 'code_challenge');
  const method = valueOf(query, 'code_challenge_method');
  if (challenge === null) {
    if (client.type === 'public') throw invalid('A public client has to send a code_challenge.');
    if (method !== null) throw invalid('code_challenge is missing.');
    return null;
  }
  if (method !== 'S256') throw invalid('code_challenge_method must be S256.');
  if (!CHALLENGE.test(challenge)) throw invalid('code_challenge must be 43 characters of base64url.');
  return challenge;
}

function nonceOf(query: URLSearchParams): string | null {
  const nonce = valueOf(query, 'nonce');
  if (nonce !== null && nonce.length > NONCE_LENGTH_MAX) throw invalid('nonce is too long.');
  if (nonce !== null && !isStorable(nonce)) throw invalid('nonce must not hold NUL.');
  return nonce;
}

function promptsOf(query: URLSearchParams): ReadonlySet<Prompt> {
  const names = (valueOf(query, 'prompt') ?? '').split(' ').filter((name) => name !== '');
  const prompts = new Set(names.map((name) => PROMPTS.find((known) => known === name) ?? unknownPrompt()));
  if (prompts.has('none') && prompts.size > 1) throw invalid('prompt=none goes with nothing else.');
  return prompts;
}

function unknownPrompt(): never {
  throw invalid(`prompt must be made of ${PROMPTS.join(', ')}.`);
}

function maxAgeOf(query: URLSearchParams): number | null {
  const text = valueOf(query, 'max_age');
  if (text === null) return null;
  if (!MAX_AGE.test(text)) throw invalid('max_age must be a whole number of seconds.');
  return Number(text);
}

function invalid(description: string): AuthorizationFault {
  return new AuthorizationFault('invalid_request', description);
}
