import { AppError } from '../../kernel/errors/app-error.js';
import type { Encoding } from './request/read-original.js';

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
    throw fault('the original is not JSON; ask for utf8 or base64', error);
  }
  return text;
}

function decodeUtf8(original: Buffer, encoding: Encoding): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(original);
  } catch (error) {
    throw fault(`the original is not UTF-8, so ${encoding} cannot express it; ask for base64`, error);
  }
}

function fault(message: string, cause: unknown): AppError {
  return new AppError('REQ_001', { detail: `encoding: ${message}.`, errors: [{ field: 'encoding', message }], cause });
}
