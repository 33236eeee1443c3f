import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../../kernel/errors/app-error.js';
import type { ProblemFilter } from './problem/index.js';

/**
 * Refuses a request without a host, or with two, and one with two media types: of two such headers Node takes the
 * first, and a proxy or a signer may have taken the other (RFC 9112 §3.2, RFC 9110 §5.3).
 */
export function singleHeaders(refuse: ProblemFilter['answer']) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const detail = faultOf(request);
    if (detail === null) next();
    else void refuse(new AppError('REQ_001', { detail }), request, response);
  };
}

function faultOf({ rawHeaders, httpVersion }: IncomingMessage): string | null {
  const hosts = countHeaders(rawHeaders, 'host');
  if (hosts > 1) return 'Send one Host header, and only one.';
  if (hosts === 0 && httpVersion !== '1.0') return 'The Host header is missing.';
  return countHeaders(rawHeaders, 'content-type') > 1 ? 'Send one Content-Type header, and only one.' : null;
}

function countHeaders(rawHeaders: readonly string[], wanted: string): number {
  let count = 0;
  for (let position = 0; position < rawHeaders.length; position += 2) {
    const name = rawHeaders[position] ?? '';
    if (name.length === wanted.length && name.toLowerCase() === wanted) count++;
  }
  return count;
}
