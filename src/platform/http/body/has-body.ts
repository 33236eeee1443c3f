import type { IncomingMessage } from 'node:http';

/** Whether a request announces a body (RFC 9112 §6): by a length other than nought, or by chunks. */
export function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}
