import type { Request } from 'express';
import { AppError } from '../../../kernel/errors/app-error.js';
import { isJson, requireIdentityEncoding } from '../../../platform/http/body/index.js';

/** JSON in another encoding than UTF-8, forms, and no type at all: whoever sends these does not mean plain bytes. */
const NOT_PLAIN_BYTES =
  /^(?:application\/(?:[\w.+-]+\+)?json|application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/**
 * Whether a request uses the streamed form, in which the body is plain bytes and the parameters stand in the query.
 * @throws AppError REQ_004 for a type that is neither JSON nor plain bytes, REQ_001 for a query beside a JSON body
 */
export function isStreamedForm(request: Request): boolean {
  if (isJson(request)) {
    refuseQuery(request);
    return false;
  }
  const type = request.headers['content-type'] ?? '';
  if (type === '' || NOT_PLAIN_BYTES.test(type)) {
    throw new AppError('REQ_004', {
      detail: 'Send JSON in UTF-8 as application/json, or plain bytes as application/octet-stream.',
    });
  }
  requireIdentityEncoding(request);
  return true;
}

function refuseQuery(request: Request): void {
  const names = Object.keys(request.query);
  if (names.length === 0) return;
  throw new AppError('REQ_001', {
    detail: 'With a JSON body, the parameters belong into the body.',
    errors: names.map((name) => ({ field: name, message: 'belongs into the JSON body' })),
  });
}
