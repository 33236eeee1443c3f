import type { Readable } from 'node:stream';
import type { Request } from 'express';

/** The body of a streamed request: the stream through which a signature is checked, or the request itself. */
export function bodyStream(request: Request): Readable {
  return request.bodyStream ?? request;
}
