import { AppError } from '../../../kernel/errors/app-error.js';
import type { JsonBody } from '../../../platform/http/body/json-body.js';
import type { ENCODINGS } from '../compression.dto.js';

/** How `data` stands for bytes. */
export type Encoding = (typeof ENCODINGS)[number];

const FOREIGN_TO_BASE64 = /[^A-Za-z0-9+/]/;

/** The bytes that `data` stands for; of a JSON value they are its exact characters as received. */
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

/**
 * The JSON text that gives the original back in the encoding asked for; `requireJson` must reject with REQ_002 what is
 * none. @throws AppError REQ_001 if it cannot, SRV_002
 */
export async function printOriginal(
  original: Buffer,
  encoding: Encoding,
  requireJson: (text: Buffer) => Promise<void>,
): Promise<string> {
  if (encoding === 'base64') return JSON.stringify(original.toString('base64'));
  const text = decodeUtf8(original, encoding);
  if (encoding === 'utf8') return JSON.stringify(text);
  try {
    await requireJson(original);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'REQ_002') throw error;
    throw encodingFault('the original is not JSON; ask for utf8 or base64', error);
  }
  return text;
}

function decodeUtf8(original: Buffer, encoding: Encoding): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(original);
  } catch (error) {
    throw encodingFault(`the original is not UTF-8, so ${encoding} cannot express it; ask for base64`, error);
  }
}

function fault(field: string, message: string): AppError {
  return new AppError('REQ_001', { detail: `${field} ${message}.`, errors: [{ field, message }] });
}

function encodingFault(message: string, cause: unknown): AppError {
  return new AppError('REQ_001', { detail: `encoding: ${message}.`, errors: [{ field: 'encoding', message }], cause });
}
