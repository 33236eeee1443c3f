import type { Duplex, Transform } from 'node:stream';
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib';
import {
  type Algorithm,
  checkCompressOptions,
  checkDecompressOptions,
  type CompressOptions,
  type DecompressOptions,
} from '../format/codec-rules.js';
import { brotliOptions, deflateOptions, zstdOptions } from '../format/zlib-rules.js';
import { createDecoder } from './create-decoder.js';
import { DecompressStream } from './decompress-stream.js';

const CHUNKS = { chunkSize: 64 * 1024 };

const CREATE: Readonly<Record<Algorithm, (options: CompressOptions) => Transform>> = {
  zstd: (options) => createZstdCompress({ ...zstdOptions(options), ...CHUNKS }),
  brotli: (options) => createBrotliCompress({ ...brotliOptions(options), ...CHUNKS }),
  gzip: (options) => createGzip({ ...deflateOptions(options), ...CHUNKS }),
  deflate: (options) => createDeflate({ ...deflateOptions(options), ...CHUNKS }),
};

/**
 * A stream that compresses in constant memory, with back-pressure. It is node:zlib's own, whose work is cut into pieces
 * of one chunk on the libuv pool; `CodecPool.acquireStream` bounds how many of them there are. Throws as
 * {@link checkCompressOptions} does.
 */
export function createCompressor(options: CompressOptions): Transform {
  checkCompressOptions(options);
  return CREATE[options.algorithm](options);
}

/**
 * A stream that gives the exact bytes back in constant memory, with back-pressure, or is destroyed with a CodecError: at
 * the fault, or as soon as the output limit is passed. What was read before that is a prefix of unverified content. Throws
 * as {@link checkDecompressOptions} does.
 */
export function createDecompressor(options: DecompressOptions): Duplex {
  checkDecompressOptions(options);
  return new DecompressStream(createDecoder(options), options);
}
