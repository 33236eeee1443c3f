import type { IncomingMessage } from 'node:http';
import { AppError } from '../../../kernel/errors/app-error.js';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i;

/** Whether the body is announced as JSON in UTF-8 (RFC 8259 §8.1 knows no other encoding). */
export function isJson(request: IncomingMessage): boolean {
  return JSON_TYPE.test(request.headers['content-type'] ?? '');
}

/** @throws AppError REQ_004 unless the body is announced as JSON */
export function requireJson(request: IncomingMessage): void {
  if (isJson(request)) return;
  const given = request.headers['content-type'];
  throw new AppError('REQ_004', {
    detail: given
      ? 'The Content-Type must be application/json, in UTF-8.'
      : 'The request needs a JSON body with Content-Type: application/json.',
  });
}

/** @throws AppError REQ_004 for a compressed body: a few bytes could stand for gigabytes */
export function requireIdentityEncoding(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return;
  throw new AppError('REQ_004', { detail: 'The body must not have a Content-Encoding.' });
}
