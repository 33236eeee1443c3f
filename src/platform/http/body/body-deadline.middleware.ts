import type { NextFunction, Request, Response } from 'express';
import { hasBody } from './has-body.js';

/** How long a body may take to arrive that is not taken as a stream; a legitimate one of 10 MiB needs far less. */
const BODY_DEADLINE_MS = 120_000;

/**
 * Closes connections whose body does not arrive in time, or on which nothing arrives for the server's timeout. Node's own `requestTimeout` would do so for streams too, which
 * may last as long as they move; whoever takes a body as a stream clears `request.bodyDeadline` and watches it.
 */
export function bodyDeadline(deadlineMs = BODY_DEADLINE_MS) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (hasBody(request)) {
      const timer = setTimeout(() => request.socket.destroy(), deadlineMs).unref();
      request.once('close', () => clearTimeout(timer));
      request.on('timeout', () => cutUnlessUnread(request));
      request.bodyDeadline = timer;
    }
    next();
  };
}

/** What has arrived and is not read yet, or is not wanted yet, is not for the client to hurry. */
function cutUnlessUnread(request: Request): void {
  if (request.readableLength === 0 && !request.isPaused()) request.socket.destroy();
}
