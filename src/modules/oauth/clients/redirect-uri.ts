/** Longest redirect URI, in characters. */
export const REDIRECT_URI_LENGTH_MAX = 2_048;

/** Visible ASCII without quotes, angle brackets, backslashes and the like: what a URI may hold (RFC 3986), and no `*`. */
const CHARACTERS = /^[\w!$%&'()+,\-./:;=?@[\]~]+$/;
/** The loopback interface (RFC 8252 §7.3), its port apart. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?(?=[/?]|$)/;
/** With a host that is told by the text itself: a parser would take the path for one. */
const HTTPS = /^https:\/\/[^/?]/;
/** What stands between the slashes and the path. */
const AUTHORITY = /^[^:/?]+:\/\/([^/?]*)/;
const PORT = /:[1-9]\d{0,4}$/;
/** A scheme that belongs to an application because it is a domain name turned round (RFC 8252 §7.1). */
const PRIVATE_USE_SCHEME = /^[a-z][a-z\d+-]*(?:\.[a-z\d+-]+)+:/;

/** What we add to a redirect URI (RFC 6749 §4.1.2, RFC 9207 §2): a second one would be read instead of ours. */
const ANSWER_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

/** Why a redirect URI cannot be registered; null: it can. The sentence follows the name of the field. */
export function redirectUriFault(text: string): string | null {
  if (text.length > REDIRECT_URI_LENGTH_MAX) return `must have at most ${REDIRECT_URI_LENGTH_MAX} characters`;
  if (text.includes('#')) return 'must not have a fragment';
  if (text.includes('*')) return 'must not have a wildcard: redirect URIs are compared character by character';
  if (!CHARACTERS.test(text) || !URL.canParse(text)) return 'must be an absolute URI';
  const hostFault = authorityFault(text);
  if (hostFault !== null) return hostFault;
  const { searchParams } = new URL(text);
  const taken = ANSWER_PARAMETERS.find((name) => searchParams.has(name));
  if (taken !== undefined) return `must not have ${taken} in its query: that is what answers bring`;
  if (HTTPS.test(text)) return null;
  if (LOOPBACK.test(text) || PRIVATE_USE_SCHEME.test(text)) return null;
  return 'must be https, http on 127.0.0.1, [::1] or localhost, or a scheme of your own with a dot such as com.example.app:/';
}

/**
 * What is wrong with user name, host and port. The host has to be written as browsers understand it: whoever reads
 * `https://0x7f.1/` or `https://ex%61mple.com/` reads another host than the one that the codes go to.
 */
function authorityFault(text: string): string | null {
  const authority = AUTHORITY.exec(text)?.[1];
  if (authority === undefined) return null;
  if (authority.includes('@')) return 'must not have a user name or password';
  const host = authority.replace(PORT, '').toLowerCase();
  if (host.includes('..') || host.endsWith('.')) return 'must not have an empty label or a dot at the end of its host';
  if (host !== new URL(text).hostname.toLowerCase()) {
    return 'must have its host and port in their usual form: no escapes, no numbers in place of an address, no zeros before a number';
  }
  return null;
}

/** Whether a presented redirect URI is this registered one: the same characters, but for the port on loopback. */
export function isRedirectUri(registered: string, presented: string): boolean {
  if (registered === presented) return true;
  return LOOPBACK.test(registered) && withoutPort(registered) === withoutPort(presented) && URL.canParse(presented);
}

/**
 * Whether only the application itself gets what is sent there. Behind a loopback port or a private-use scheme anybody
 * on the device may be listening (RFC 8252 §8.6).
 */
export function isClaimed(redirectUri: string): boolean {
  return redirectUri.startsWith('https:');
}

function withoutPort(uri: string): string {
  return uri.replace(LOOPBACK, '$1');
}
