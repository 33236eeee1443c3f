import type { Fault } from '../../fault.js';
import type { Parameters } from '../structured-field/structured-field.js';

/** The form-urlencoded percent-encode set with a space as `%20` (RFC 9421 §2.2.8). */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()~]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/** The value of `"@query-param";name="…"`: a parameter that occurs once, decoded and encoded anew (RFC 9421 §2.2.8). */
export function queryParameterValue(query: string, parameters: Parameters): string | Fault {
  const name = parameters.get('name');
  if (typeof name !== 'string' || parameters.size > 1) {
    return { fault: 'The signature covers @query-param, which takes one parameter, name.' };
  }
  const values = [...new URLSearchParams(query)].filter(([key]) => encode(key) === name);
  const [only] = values;
  if (only === undefined || values.length > 1) {
    return { fault: 'The signature covers a query parameter that does not occur exactly once.' };
  }
  return encode(only[1]);
}
