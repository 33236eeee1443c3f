import { AppError } from '../../../kernel/errors/app-error.js';
import type { JsonBody } from '../../../platform/http/body/index.js';

/** How `data` stands for bytes: as the JSON text it is, as the UTF-8 of a string, or as base64 in a string. */
export const ENCODINGS = ['json', 'utf8', 'base64'] as const;

/** One of {@link ENCODINGS}. */
export type Encoding = (typeof ENCODINGS)[number];

const FOREIGN_TO_BASE64 = /[^A-Za-z0-9+/]/;

/** The bytes that `data` stands for; of a JSON value they are its exact characters as received. @throws AppError REQ_001 */
export function readOriginal(data: unknown, encoding: Encoding, body: JsonBody): Buffer {
  if (encoding === 'json') {
    const source = body.sourceOf('data');
    if (!source) throw new Error('the body has no member named data');
    return source;
  }
  if (typeof data !== 'string') throw fault('data', `must be a string when encoding is ${encoding}`);
  return readText(data, encoding, 'data');
}

/** The bytes that a string stands for. @throws AppError REQ_001 that names `field` */
export function readText(text: string, encoding: 'utf8' | 'base64', field: string): Buffer {
  if (encoding === 'base64') return readBase64(text, field);
  if (!text.isWellFormed()) throw fault(field, 'has a lone surrogate, which UTF-8 cannot express');
  return Buffer.from(text, 'utf8');
}

/** Decodes base64 strictly. @throws AppError REQ_001 that names `field` */
export function readBase64(text: string, field: string): Buffer {
  if (!isBase64(text)) throw fault(field, 'is not base64 (RFC 4648 §4, with padding)');
  return Buffer.from(text, 'base64');
}

/** RFC 4648 §4, padding and all. Not one expression for the whole: that would need stack for every four characters. */
function isBase64(text: string): boolean {
  const paddingLength = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  return text.length % 4 === 0 && !FOREIGN_TO_BASE64.test(text.slice(0, text.length - paddingLength));
}

function fault(field: string, message: string): AppError {
  return new AppError('REQ_001', { detail: `${field} ${message}.`, errors: [{ field, message }] });
}
