import { OAuthError } from '../../../platform/http/problem/index.js';
import type { OAuthParameters } from '../oauth-parameters.js';

/** The one type of client assertion (RFC 7523 §2.2). */
export const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** How a client says who it is, nothing verified yet. */
export type PresentedClient =
  | { readonly kind: 'secret'; readonly clientId: string; readonly secretPlaintext: string }
  | { readonly kind: 'assertion'; readonly clientId: string; readonly assertion: string }
  | { readonly kind: 'none'; readonly clientId: string };

const BASIC = /^Basic +([\w+/]+=*)$/i;

/**
 * Reads what a client authenticates with: exactly one of HTTP Basic, a secret in the body, and an assertion; or its id
 * alone (RFC 6749 §2.3). @throws OAuthError invalid_request for two of them, invalid_client for a malformed one
 */
export function presentedClient(parameters: OAuthParameters, authorization: string | undefined): PresentedClient {
  const basic = authorization !== undefined && /^basic\b/i.test(authorization) ? authorization : undefined;
  const ways = [basic, parameters.get('client_secret'), parameters.get('client_assertion')];
  if (ways.filter((way) => way !== undefined).length > 1) {
    throw new OAuthError('invalid_request', 'The client must authenticate in one way only.');
  }
  const presented = basic === undefined ? presentedInBody(parameters) : presentedInHeader(basic);
  const named = parameters.get('client_id');
  if (named !== undefined && named !== presented.clientId) {
    throw new OAuthError('invalid_client', 'client_id names another client than the one that authenticates.');
  }
  return presented;
}

function presentedInBody(parameters: OAuthParameters): PresentedClient {
  const secretPlaintext = parameters.get('client_secret');
  const assertion = parameters.get('client_assertion');
  if (assertion !== undefined) {
    if (parameters.get('client_assertion_type') !== JWT_BEARER_ASSERTION) {
      throw new OAuthError('invalid_client', `client_assertion_type must be ${JWT_BEARER_ASSERTION}.`);
    }
    return { kind: 'assertion', clientId: parameters.get('client_id') ?? subjectOf(assertion), assertion };
  }
  const clientId = parameters.get('client_id');
  if (clientId === undefined) throw new OAuthError('invalid_client', 'The client does not say who it is.');
  return secretPlaintext === undefined ? { kind: 'none', clientId } : { kind: 'secret', clientId, secretPlaintext };
}

/** RFC 6749 §2.3.1: id and secret are each encoded as in a form before they are joined. */
function presentedInHeader(authorization: string): PresentedClient {
  const encoded = BASIC.exec(authorization)?.[1] ?? '';
  const [id, secret] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s);
  const [clientId, secretPlaintext] = [id, secret].map(formDecode);
  if (!clientId || !secretPlaintext) {
    throw new OAuthError('invalid_client', 'The Authorization header must be Basic with client id and secret.');
  }
  return { kind: 'secret', clientId, secretPlaintext };
}

function formDecode(text: string | undefined): string | null {
  try {
    return text === undefined ? null : decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** Who an assertion says it is from, to know whose keys to try; the claims are checked once it has verified. */
function subjectOf(assertion: string): string {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
    const subject = (claims as { sub?: unknown } | null)?.sub;
    if (typeof subject === 'string') return subject;
  } catch {
    // the same as for claims that name nobody
  }
  throw new OAuthError('invalid_client', 'The client assertion does not say who it is from.');
}
