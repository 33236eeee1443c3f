import type { Duplex } from 'node:stream';
import { checkDecompressOptions } from '../format/codec-rules.js';
import type { DecompressOptions } from '../format/codec-rules.js';
import { createDecoder } from './create-decoder.js';
import { DecompressStream } from './decompress-stream.js';

/**
 * A stream that gives the exact bytes back in constant memory, with back-pressure, or is destroyed with a CodecError: at
 * the fault, or as soon as the output limit is passed. What was read before that is a prefix of unverified content. Throws
 * as {@link checkDecompressOptions} does.
 */
export function createDecompressor(options: DecompressOptions): Duplex {
  checkDecompressOptions(options);
  return new DecompressStream(createDecoder(options), options);
}
