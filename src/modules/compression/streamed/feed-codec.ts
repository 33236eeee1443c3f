import type { Readable, Writable } from 'node:stream';
import { BatchWriter } from './batch-writer.js';
import type { ByteCounter } from './byte-counter.js';

/** The sender went away, or sent less than was announced. */
export class CutShortError extends Error {
  constructor() {
    super('The body ended before its announced length.');
    this.name = 'CutShortError';
  }
}

/**
 * Feeds a body to a codec, with back-pressure. A pipeline would destroy the body when the codec fails, and with it the
 * connection that the answer has to go out on; here a failure of the codec leaves the body alone. A body that ends
 * early destroys the codec with {@link CutShortError}, one that fails with its own error. `pieceBytes` as the
 * {@link BatchWriter} takes it.
 */
export function feedCodec(body: Readable, codec: Writable, tally: ByteCounter, pieceBytes: () => number): void {
  const batches = new BatchWriter(codec, tally, pieceBytes, () => body.resume());
  body.on('data', (chunk: Buffer) => {
    if (!batches.add(chunk)) body.pause();
  });
  body.once('end', () => batches.end());
  body.once('error', (error) => {
    codec.destroy(isCutShort(error) ? new CutShortError() : error);
  });
  body.once('close', () => {
    if (!body.readableEnded) codec.destroy(new CutShortError());
  });
}

/** What Node says when the sender is gone, of the request itself or of a stream behind it. */
function isCutShort(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE');
}
