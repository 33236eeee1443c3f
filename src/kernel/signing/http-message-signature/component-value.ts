import type { Fault } from '../../fault.js';
import type { HttpRequest } from './http-request.js';
import type { CoveredComponent } from './message-signature.js';
import { normalizeAuthority } from './normalize-authority.js';
import { queryParameterValue } from './query-parameter-value.js';

const OBSOLETE_FOLD = /[ \t]*\r?\n[ \t]+/g;
const PRINTABLE_ASCII = /^[\t -~]*$/;

const pathOf = (target: string): string => target.split('?', 1)[0] ?? '';
const queryOf = (target: string): string => target.slice(pathOf(target).length) || '?';

/** The derived components of a request that are verified here (RFC 9421 §2.2). */
const DERIVED: Readonly<Record<string, (request: HttpRequest) => string>> = {
  '@method': (request) => request.method,
  '@target-uri': (request) => `${request.scheme}://${normalizeAuthority(request)}${request.target}`,
  '@authority': normalizeAuthority,
  '@scheme': (request) => request.scheme,
  '@request-target': (request) => request.target,
  '@path': (request) => pathOf(request.target) || '/',
  '@query': (request) => queryOf(request.target),
};

/** RFC 9421 §2.1: each line without outer white space and folds, the lines joined by a comma and a space. */
function fieldValue(request: HttpRequest, name: string): string | Fault {
  const lines = request.fields.get(name);
  if (lines === undefined) return { fault: `The signature covers ${name}, which the request does not have.` };
  return lines.map((line) => line.replaceAll(OBSOLETE_FOLD, ' ').replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')).join(', ');
}

function valueOf(request: HttpRequest, component: CoveredComponent): string | Fault {
  const { value: name, parameters } = component;
  if (name === '@query-param') return queryParameterValue(queryOf(request.target), parameters);
  if (parameters.size > 0) return { fault: `The signature covers ${name} with a parameter that is not supported.` };
  if (!name.startsWith('@')) return fieldValue(request, name);
  const derive = DERIVED[name];
  return derive === undefined ? { fault: `The signature covers ${name}, which is not supported.` } : derive(request);
}

/** The value of one covered component in a request (RFC 9421 §2), on a single line. */
export function componentValue(request: HttpRequest, component: CoveredComponent): { readonly value: string } | Fault {
  const value = valueOf(request, component);
  if (typeof value !== 'string') return value;
  // A line break would let one component pass for two in the signature base (RFC 9421 §7.5.6).
  if (!PRINTABLE_ASCII.test(value)) return { fault: `The value of ${component.value} is not one line of ASCII.` };
  return { value };
}
