import type { IncomingMessage } from 'node:http';
import { AppError } from '../../../kernel/errors/app-error.js';
import { askForBody } from './expect-continue.js';

/** How long the rest of a refused body is read and thrown away, in milliseconds. */
const LINGER_MS = 2_000;

/**
 * Reads a request's body into memory, at most `limitBytes` of it. Called only after the caller has been let in, so a
 * stranger cannot make the server buffer anything. @throws AppError REQ_003 beyond the limit, REQ_002 if cut short
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const take = (chunk: Buffer): void => {
    sizeBytes += chunk.length;
    if (sizeBytes <= limitBytes) chunks.push(chunk);
    else refuse();
  };
  const refuse = (): void => {
    request.off('data', take);
    discardRest(request);
    reject(new AppError('REQ_003', { detail: `The body may have at most ${limitBytes} bytes.` }));
  };
  request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, sizeBytes)));
  request.once('close', () => {
    if (request.readableEnded) return;
    reject(new AppError('REQ_002', { detail: 'The body ended before its announced length.' }));
  });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
    refuse();
    return promise;
  }
  askForBody(request);
  request.on('data', take);
  return promise;
}

/**
 * Lets a client that is still sending read the refusal: closing at once would reset its connection, and it would see a
 * broken pipe instead. A client that does not come to an end is cut off.
 */
function discardRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}
