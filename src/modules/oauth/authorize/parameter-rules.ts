import { isStorable } from '../../../kernel/storable-text.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import { narrowScope } from '../protocol/narrow-scope.js';
import { AuthorizationFault } from './authorization-fault.js';
import { PROMPTS, type RequestDraft, valueOf } from './authorization-request.js';

/** Checks one parameter and enters it into the draft. @throws AuthorizationFault, which the client is told */
export type ParameterCheck = (query: URLSearchParams, draft: RequestDraft) => void;

const CHALLENGE = /^[\w-]{43}$/;
const NONCE_LENGTH_MAX = 512;
const MAX_AGE = /^\d{1,9}$/;

/** RFC 6749 §3.1: no parameter more than once, not even one that is not known. */
export const checkRepetition: ParameterCheck = (query) => {
  const repeated = [...query.keys()].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) throw invalid('A parameter is repeated.');
};

/** OpenID Connect Core §6: a request in a JWT would hold other parameters than those that are checked here. */
export const checkRequestObject: ParameterCheck = (query) => {
  if (query.has('request')) throw new AuthorizationFault('request_not_supported', 'request is not supported.');
  if (query.has('request_uri')) {
    throw new AuthorizationFault('request_uri_not_supported', 'request_uri is not supported.');
  }
};

/** A code is all that is given here: no token travels in a URL (RFC 9700 §2.1.2). */
export const checkResponseType: ParameterCheck = (query) => {
  const type = valueOf(query, 'response_type');
  if (type === null) throw invalid('response_type is missing.');
  if (type !== 'code') throw new AuthorizationFault('unsupported_response_type', 'response_type must be code.');
};

export const checkResponseMode: ParameterCheck = (query) => {
  if ((valueOf(query, 'response_mode') ?? 'query') !== 'query') throw invalid('response_mode must be query.');
};

/** The client is registered for codes. */
export const checkGrantType: ParameterCheck = (_query, { client }) => {
  if (client.grantTypes.includes('authorization_code')) return;
  throw new AuthorizationFault('unauthorized_client', 'The client is not registered for authorization_code.');
};

/** The scopes are among those of the client. */
export const checkScope: ParameterCheck = (query, draft) => {
  try {
    draft.scopes = narrowScope(draft.client.scopes, query.get('scope') ?? undefined);
  } catch (error) {
    if (error instanceof OAuthError) throw new AuthorizationFault('invalid_scope', error.description);
    throw error;
  }
};

/** PKCE (RFC 7636 §4.3), with the one method that keeps the verifier from whoever sees the request. */
export const checkPkce: ParameterCheck = (query, draft) => {
  const challenge = valueOf(query, 'code_challenge');
  const method = valueOf(query, 'code_challenge_method');
  if (challenge === null) {
    if (draft.client.type === 'public') throw invalid('A public client has to send a code_challenge.');
    if (method !== null) throw invalid('code_challenge is missing.');
    return;
  }
  if (method !== 'S256') throw invalid('code_challenge_method must be S256.');
  if (!CHALLENGE.test(challenge)) throw invalid('code_challenge must be 43 characters of base64url.');
  draft.codeChallenge = challenge;
};

export const checkNonce: ParameterCheck = (query, draft) => {
  const nonce = valueOf(query, 'nonce');
  if (nonce !== null && nonce.length > NONCE_LENGTH_MAX) throw invalid('nonce is too long.');
  if (nonce !== null && !isStorable(nonce)) throw invalid('nonce must not hold NUL.');
  draft.nonce = nonce;
};

/** OpenID Connect Core §3.1.2.1. */
export const checkPrompt: ParameterCheck = (query, draft) => {
  const names = (valueOf(query, 'prompt') ?? '').split(' ').filter((name) => name !== '');
  const prompts = new Set(names.map((name) => PROMPTS.find((known) => known === name) ?? unknownPrompt()));
  if (prompts.has('none') && prompts.size > 1) throw invalid('prompt=none goes with nothing else.');
  draft.prompts = prompts;
};

export const checkMaxAge: ParameterCheck = (query, draft) => {
  const text = valueOf(query, 'max_age');
  if (text === null) return;
  if (!MAX_AGE.test(text)) throw invalid('max_age must be a whole number of seconds.');
  draft.maxAgeSeconds = Number(text);
};

/** Hints refuse nothing by themselves; `checkIdTokenHint` needs to know who is logged in. */
export const readHints: ParameterCheck = (query, draft) => {
  draft.loginHint = valueOf(query, 'login_hint');
  draft.idTokenHint = valueOf(query, 'id_token_hint');
};

function unknownPrompt(): never {
  throw invalid(`prompt must be made of ${PROMPTS.join(', ')}.`);
}

function invalid(description: string): AuthorizationFault {
  return new AuthorizationFault('invalid_request', description);
}
