import type { Fault } from '../fault.js';

/** RFC 3986 §3.3 `pchar` and "/", without ";", which routers read in different ways. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*$/;
/** RFC 3986 §3.4 `query`, without ";". */
const QUERY = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@/?]|%[0-9A-Fa-f]{2})*$/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
/** An encoded character that RFC 3986 §6.2.2.2 wants written plainly, or an encoded slash, backslash or NUL. */
const ENCODED_PLAIN_OR_SEPARATOR = /%(?:2[def]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e|5c|00)/i;

function pathFault(path: string): string | null {
  if (!path.startsWith('/')) return 'The request target must be a path, not a URL.';
  if (path.includes('//')) return 'The path of the request must not hold an empty segment.';
  if (DOT_SEGMENT.test(path)) return 'The path of the request must not hold a dot segment.';
  if (ENCODED_PLAIN_OR_SEPARATOR.test(path)) {
    return 'The path of the request percent-encodes a character that is written plainly, or a separator.';
  }
  return PATH.test(path) ? null : 'The path of the request holds a character that must be percent-encoded.';
}

/**
 * Accepts a request target that has one reading (RFC 9112 §3.2.1 origin-form): what is signed is what is routed.
 *
 * `path` is the target as received, query included. Brackets, braces and `<` never occur in it, so the first of them in
 * a signed message begins the body. A query may hold what cannot mislead a router there: `//`, `..`, `%2F`.
 */
export function parseRequestTarget(target: string): { readonly path: string } | Fault {
  const mark = target.indexOf('?');
  const fault = pathFault(mark === -1 ? target : target.slice(0, mark));
  if (fault !== null) return { fault };
  if (mark !== -1 && !QUERY.test(target.slice(mark + 1))) {
    return { fault: 'The query of the request holds a character that must be percent-encoded.' };
  }
  return { path: target };
}
