import type { Readable } from 'node:stream';
import type { Request } from 'express';

/** How long a sender may take to notice that its body has been refused. */
const NOTICE_MS = 5_000;

/** The body of a streamed request: the stream through which a signature is checked, or the request itself. */
export function bodyStream(request: Request): Readable {
  return request.bodyStream ?? request;
}

/**
 * Reads and forgets the rest of a refused body for a moment, then closes the connection. Closing at once, with unread
 * bytes, would reset it, and a sender that is still writing could lose the answer that tells why (RFC 9112 §9.6).
 */
export function discardBody(request: Request): void {
  const body = bodyStream(request);
  body.on('error', () => undefined);
  if (request.complete) return;
  body.unpipe();
  body.resume();
  const timer = setTimeout(() => request.socket.destroy(), NOTICE_MS).unref();
  request.once('close', () => clearTimeout(timer));
}
