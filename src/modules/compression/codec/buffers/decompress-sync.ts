import { constants as bufferConstants } from 'node:buffer';
import { brotliDecompressSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { type Algorithm, checkDecompressOptions, type DecompressOptions } from '../format/codec-rules.js';
import { CodecError } from '../format/codec.errors.js';
import { readZlibError } from '../format/read-zlib-error.js';
import { gunzipMembers } from '../gzip/gunzip-members.js';
import { brotliDecodeOptions, EXPECTED_EXPANSION, inflateOptions, outputChunkBytes } from '../format/zlib-rules.js';
import { decompressZstdFrames } from '../zstd/decompress-zstd-frames.js';

type OutputLimits = Required<Pick<ZlibOptions, 'maxOutputLength' | 'chunkSize'>>;

const DECODE: Readonly<
  Record<Algorithm, (input: Uint8Array, options: DecompressOptions, limits: OutputLimits) => Buffer>
> = {
  zstd: decompressZstdFrames,
  brotli: (input, _options, limits) => brotliDecompressSync(input, { ...brotliDecodeOptions(), ...limits }),
  gzip: (input, _options, limits) => gunzipMembers(input, limits),
  deflate: (input, options, limits) => inflateSync(input, { ...inflateOptions(options), ...limits }),
};

/**
 * The exact bytes back, on the calling thread and without the libuv pool; stops at the output limit plus one chunk.
 * Throws CodecError, and RangeError for a limit that is none.
 */
export function decompressSync(input: Uint8Array, options: DecompressOptions): Buffer {
  checkDecompressOptions(options);
  if (input.length === 0) {
    throw new CodecError('empty');
  }
  try {
    return DECODE[options.algorithm](input, options, {
      maxOutputLength: Math.min(options.outputLimitBytes, bufferConstants.MAX_LENGTH),
      chunkSize: outputChunkBytes(input.length * EXPECTED_EXPANSION),
    });
  } catch (error) {
    throw readZlibError(error, options);
  }
}
