import type { IncomingMessage } from 'node:http';

/**
 * The value of a cookie as it came; null if the request has none of this name. Of several with the same name (one of
 * them planted under a narrower path) no one can be told to be ours: they come back joined by a comma, which no value
 * of ours has.
 */
export function cookieValue(request: IncomingMessage, name: string): string | null {
  const { cookie } = request.headers;
  if (cookie === undefined || !cookie.includes(name)) return null;
  const values = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 0 ? null : values.join(',');
}
