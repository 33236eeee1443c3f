import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type Algorithm, checkCompressOptions, type CompressOptions } from '../format/codec-rules.js';
import { brotliOptions, deflateOptions, outputChunkBytes, zstdOptions } from '../format/zlib-rules.js';

const COMPRESS: Readonly<
  Record<Algorithm, (input: Uint8Array, options: CompressOptions, chunkSize: number) => Buffer>
> = {
  zstd: (input, options, chunkSize) => zstdCompressSync(input, { ...zstdOptions(options, input.length), chunkSize }),
  brotli: (input, options, chunkSize) =>
    brotliCompressSync(input, { ...brotliOptions(options, input.length), chunkSize }),
  gzip: (input, options, chunkSize) => gzipSync(input, { ...deflateOptions(options), chunkSize }),
  deflate: (input, options, chunkSize) => deflateSync(input, { ...deflateOptions(options), chunkSize }),
};

/**
 * Compresses on the calling thread, without the libuv pool: for pool workers, and for inputs so small that a hop to one
 * costs more. Throws as {@link checkCompressOptions} does.
 */
export function compressSync(input: Uint8Array, options: CompressOptions): Buffer {
  checkCompressOptions(options);
  return COMPRESS[options.algorithm](input, options, outputChunkBytes(input.length));
}
