import type { IncomingMessage } from 'node:http';
import { isJson, parseJsonBody, readBody, requireIdentityEncoding } from '../../platform/http/body/index.js';
import { OAuthError } from '../../platform/http/problem/index.js';

/** Far more than any request of the protocol; anybody may send one. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** The longest value of a parameter, in characters: as much as fits into the head of a request. */
export const PARAMETER_LENGTH_MAX = 16_384;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i;

/** The parameters of a request to an OAuth endpoint: each at most once, and none without a value. */
export type OAuthParameters = ReadonlyMap<string, string>;

/**
 * Reads the parameters of a request (RFC 6749 §3.2): a form, or the same as a flat JSON object. The query is not
 * looked at, for a secret has no place in it. @throws OAuthError invalid_request
 */
export async function readOAuthParameters(request: IncomingMessage): Promise<OAuthParameters> {
  requireIdentityEncoding(request);
  const isForm = FORM_TYPE.test(request.headers['content-type'] ?? '');
  if (!isForm && !isJson(request)) {
    throw new OAuthError('invalid_request', 'The Content-Type must be application/x-www-form-urlencoded.');
  }
  const bytes = await readBody(request, BODY_LIMIT_BYTES);
  const pairs = isForm ? new URLSearchParams(bytes.toString('utf8')) : membersOf(parseJsonBody(bytes).value);
  const parameters = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (parameters.has(name)) throw new OAuthError('invalid_request', `The parameter ${name} is repeated.`);
    if (value.length > PARAMETER_LENGTH_MAX)
      throw new OAuthError('invalid_request', `The parameter ${name} is too long.`);
    parameters.set(name, value);
  }
  // "parameters sent without a value MUST be treated as if they were omitted"
  for (const [name, value] of parameters) if (value === '') parameters.delete(name);
  return parameters;
}

function membersOf(value: unknown): [string, string][] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const members = Object.entries(isObject ? value : {});
  if (!isObject || members.some(([, member]) => typeof member !== 'string')) {
    throw new OAuthError('invalid_request', 'A JSON body must be an object whose members are all strings.');
  }
  return members as [string, string][];
}

/** A parameter that must be there. @throws OAuthError invalid_request */
export function requireParameter(parameters: OAuthParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
  return value;
}
