import { type BrotliOptions, constants, type ZlibOptions, type ZstdOptions } from 'node:zlib';
import { type CompressOptions, type DecompressOptions, WINDOW_LOG_MAX } from './codec-rules.js';

// From here on zstd would keep 90 MB of tables for a stream of unknown size; a buffer's known size shrinks them by itself.
const ZSTD_LEVEL_OF_LARGE_TABLES = 16;
const ZSTD_STREAM_TABLES = {
  [constants.ZSTD_c_windowLog]: 21,
  [constants.ZSTD_c_hashLog]: 20,
  [constants.ZSTD_c_chainLog]: 21,
};

/** zlib options of gzip and deflate. */
export function deflateOptions({ level, dictionary }: CompressOptions): ZlibOptions {
  return dictionary === undefined ? { level } : { level, dictionary };
}

/**
 * zstd options: a content checksum always (the only thing that tells a wrong dictionary), a window that
 * {@link zstdDecodeOptions} opens. `sizeBytes` is the exact input size, when it is known.
 */
export function zstdOptions({ level, dictionary }: CompressOptions, sizeBytes?: number): ZstdOptions {
  const largeTables = sizeBytes === undefined && level >= ZSTD_LEVEL_OF_LARGE_TABLES;
  return {
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
      ...(largeTables ? ZSTD_STREAM_TABLES : {}),
    },
    ...(sizeBytes === undefined ? {} : { pledgedSrcSize: sizeBytes }),
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}

/** brotli options; `sizeBytes` is the exact input size, when it is known. */
export function brotliOptions({ level }: CompressOptions, sizeBytes?: number): BrotliOptions {
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level,
      ...(sizeBytes === undefined ? {} : { [constants.BROTLI_PARAM_SIZE_HINT]: sizeBytes }),
    },
  };
}

/** Options of inflate: what follows the end of the stream is an error, not ignored. */
export function inflateOptions({ dictionary }: DecompressOptions): ZlibOptions {
  return { rejectGarbageAfterEnd: true, ...(dictionary === undefined ? {} : { dictionary }) };
}

/** Options of the brotli decoder: no large window (a RFC 7932 stream needs at most 16 MiB), nothing after the end. */
export function brotliDecodeOptions(): BrotliOptions {
  return { rejectGarbageAfterEnd: true, params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 0 } };
}

/** Options of the zstd decoder: windows up to {@link WINDOW_LOG_MAX}, where its own default would allow 128 MiB. */
export function zstdDecodeOptions({ dictionary }: DecompressOptions): ZstdOptions {
  return {
    params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX },
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}

/** How many bytes to expect of one compressed byte: a guess for sizes of chunks, not a limit. */
export const EXPECTED_EXPANSION = 4;

const CHUNK_BYTES_MIN = 1024;
const CHUNK_BYTES_MAX = 256 * 1024;

/**
 * The size of the pieces in which node:zlib gathers its output (it allocates each as a whole): one for most small outputs,
 * few for large ones, and no large one kept alive by a small output.
 */
export function outputChunkBytes(expectedBytes: number): number {
  return Math.min(Math.max(expectedBytes, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX);
}
