import { generateToken, hasValidChecksum, TOKEN_BODY_LENGTH } from './checksummed-token.js';

/** The labels that a key can carry. */
export const API_KEY_ENVIRONMENTS = ['prod', 'test', 'dev'] as const;
export type ApiKeyEnvironment = (typeof API_KEY_ENVIRONMENTS)[number];

/** The shape of a key; `hasValidApiKeyFormat` checks its checksum too. */
export const API_KEY_PATTERN = /^kapi_(prod|test|dev)_[0-9A-Za-z]{32}$/;

const LONGEST_KEY = 'kapi_prod_'.length + TOKEN_BODY_LENGTH;
const HINT_LENGTH = 4;

/** A new key: `kapi_<environment>_`, 26 random base62 characters (154 bits) and 6 of checksum. */
export function generateApiKey(environment: ApiKeyEnvironment): string {
  return generateToken(`kapi_${environment}_`);
}

/** Whether `candidate` has the shape and the checksum of a key, so that a typo or a guess is refused without a lookup. */
export function hasValidApiKeyFormat(candidate: string): boolean {
  return candidate.length <= LONGEST_KEY && API_KEY_PATTERN.test(candidate) && hasValidChecksum(candidate);
}

/** The environment in a well-formed key; throws TypeError for any other text. */
export function apiKeyEnvironment(key: string): ApiKeyEnvironment {
  const environment = API_KEY_ENVIRONMENTS.find((name) => key.startsWith(`kapi_${name}_`));
  if (environment === undefined) throw new TypeError('the text is not an API key');
  return environment;
}

/** What may be shown of a well-formed key: its prefix and its last four characters, `kapi_prod_…Ab3d`. */
export function apiKeyHint(key: string): string {
  return hintOf(apiKeyEnvironment(key), key.slice(-HINT_LENGTH));
}

/** The hints of keys that end with these characters; none unless there are as many as a hint shows. */
export function hintsEndingWith(end: string): string[] {
  return end.length === HINT_LENGTH ? API_KEY_ENVIRONMENTS.map((environment) => hintOf(environment, end)) : [];
}

function hintOf(environment: ApiKeyEnvironment, end: string): string {
  return `kapi_${environment}_…${end}`;
}
