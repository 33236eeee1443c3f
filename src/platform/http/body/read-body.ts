import type { IncomingMessage } from 'node:http';
import { AppError } from '../../../kernel/errors/app-error.js';

/**
 * Reads a request's body into memory, at most `limitBytes` of it. Called only after the caller has been let in, so a
 * stranger cannot make the server buffer anything. @throws AppError REQ_003 beyond the limit, REQ_002 if cut short
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('REQ_002', { detail: 'The body ended before its announced length.', cause: error });
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, sizeBytes);
}

function tooLarge(limitBytes: number): AppError {
  return new AppError('REQ_003', {
    detail: `The body may have at most ${limitBytes} bytes.`,
    // the rest of the body is not worth reading
    headers: { Connection: 'close' },
  });
}
