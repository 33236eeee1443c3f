import type { NextFunction, Request, Response } from 'express';

const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';

const ALLOWED_HEADERS = [
  'Authorization',
  'X-API-Key',
  'Content-Type',
  'X-CSRF-Token',
  'Idempotency-Key',
  'X-Timestamp',
  'X-Nonce',
  'X-Signature',
  'Signature',
  'Signature-Input',
  'Content-Digest',
  'X-Debug-Auth',
  'X-Request-Id',
].join(', ');

const EXPOSED_HEADERS = [
  'X-Auth-Method',
  'X-Auth-User-ID',
  'X-Auth-Key-ID',
  'X-Auth-Service-Account-ID',
  'X-Auth-Client-ID',
  'X-Auth-IP',
  'X-Auth-Remaining-Quota',
  'X-Compression-Algorithm',
  'X-Compression-Level',
  'X-Compression-Original-Size',
  'X-Compression-Compressed-Size',
  'X-Compression-Ratio',
  'X-Compression-Checksum',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
  'WWW-Authenticate',
  'Idempotent-Replayed',
].join(', ');

/** How long a browser may remember a preflight, in seconds; Chromium keeps none longer. */
const PREFLIGHT_MAX_AGE_SECONDS = '7200';

/**
 * Cross-origin sharing (Fetch standard, "CORS protocol") with credentials, for exactly the given origins
 * (`https://app.example.com`). A preflight is answered here, before any guard: a browser sends it without a credential.
 * Other origins get no CORS header, so that a browser keeps the answer from them; the server's own rules still apply.
 */
export function crossOrigin(origins: readonly string[]) {
  const allowed = new Set(origins);
  return (request: Request, response: Response, next: NextFunction): void => {
    // also without an Origin: a cache must not give this answer to an origin that would get another
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (isPreflight(request)) {
      answerPreflight(response);
      return;
    }
    response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    next();
  };
}

function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

function answerPreflight(response: Response): void {
  response.setHeader('Access-Control-Allow-Methods', ALLOWED_METHODS);
  response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS);
  response.setHeader('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_SECONDS);
  response.status(204).end();
}
