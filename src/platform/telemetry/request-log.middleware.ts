import type { NextFunction, Request, Response } from 'express';
import type { Log } from '../log/index.js';

/** Writes one line a request when its response is over; never a header, a body or a query string. */
export function requestLog(log: Log) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!log.isLevelEnabled('info')) {
      next();
      return;
    }
    const started = performance.now();
    response.once('close', () => {
      const { principal, requestId, address } = request.context;
      log.info(
        {
          request_id: requestId,
          method: request.method,
          path: pathWithoutQuery(request.originalUrl),
          status: response.statusCode,
          duration_ms: Math.round((performance.now() - started) * 10) / 10,
          ip: address?.text,
          auth_method: principal?.method,
          user_id: principal?.userId,
          credential_id: principal?.credentialId,
          client_request_id: clientRequestId(request),
          ...(response.writableFinished ? {} : { aborted: true }),
        },
        'request',
      );
    });
    next();
  };
}

/** A query string may hold what a client should not have put there, so it stays out of the log. */
function pathWithoutQuery(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}

/** The client's own correlation id, if it looks like one. */
function clientRequestId(request: Request): string | undefined {
  const value = request.headers['x-request-id'];
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : undefined;
}
