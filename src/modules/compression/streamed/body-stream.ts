import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** A request whose body something before the handler checks as it passes. */
interface CheckedRequest extends IncomingMessage {
  readonly bodyStream?: Readable;
}

/** The body of a streamed request: the request itself, or the stream through which something before us checks it. */
export function bodyStream(request: CheckedRequest): Readable {
  return request.bodyStream ?? request;
}
