import type { Fault } from '../../fault.js';
import { StructuredFieldError, StructuredFieldReader } from './reader.js';
import type { Dictionary } from './structured-field.js';

/** Parses a structured-field dictionary (RFC 9651 §3.2) of items and inner lists; several lines joined by a comma. */
export function parseDictionary(text: string): Dictionary | Fault {
  try {
    return new StructuredFieldReader(text).readDictionary();
  } catch (error) {
    if (error instanceof StructuredFieldError) return { fault: `Not a structured field: ${error.message}.` };
    throw error;
  }
}
