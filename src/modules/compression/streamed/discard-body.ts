import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** How long a sender may take to notice that its body has been refused. */
const NOTICE_MS = 5_000;

/**
 * Reads and forgets the rest of a refused body for a moment, then closes the connection. Closing at once, with unread
 * bytes, would reset it, and a sender that is still writing could lose the answer that tells why (RFC 9112 §9.6).
 */
export function discardBody(request: IncomingMessage, body: Readable): void {
  body.on('error', () => undefined);
  if (request.complete) return;
  body.unpipe();
  body.resume();
  const timer = setTimeout(() => request.socket.destroy(), NOTICE_MS).unref();
  request.once('close', () => clearTimeout(timer));
}
