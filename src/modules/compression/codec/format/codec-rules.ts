import { LEVELS, takesDictionary } from './algorithms.js';
import type { Algorithm } from './algorithms.js';
import { CodecError } from './codec.errors.js';

/** What to compress with; `level` is a whole number within {@link LEVELS}. */
export interface CompressOptions {
  readonly algorithm: Algorithm;
  readonly level: number;
  readonly dictionary?: Uint8Array;
}

/** What to decompress, and how many bytes may come out of it at most. */
export interface DecompressOptions {
  readonly algorithm: Algorithm;
  readonly outputLimitBytes: number;
  readonly dictionary?: Uint8Array;
}

/** Refuses a level outside the algorithm's range (RangeError) and a dictionary that the format cannot verify (CodecError). */
export function checkCompressOptions(options: CompressOptions): void {
  const { min, max } = LEVELS[options.algorithm];
  if (!Number.isInteger(options.level) || options.level < min || options.level > max) {
    throw new RangeError(`The level of ${options.algorithm} is a whole number from ${min} to ${max}.`);
  }
  checkDictionary(options);
}

/** Refuses a limit that is no positive whole number (RangeError) and a dictionary that the format cannot verify (CodecError). */
export function checkDecompressOptions(options: DecompressOptions): void {
  if (!Number.isSafeInteger(options.outputLimitBytes) || options.outputLimitBytes < 1) {
    throw new RangeError('The output limit is a positive whole number of bytes.');
  }
  checkDictionary(options);
}

// node:zlib takes a dictionary for gzip and brotli without a word and ignores it.
function checkDictionary({ algorithm, dictionary }: CompressOptions | DecompressOptions): void {
  if (dictionary !== undefined && !takesDictionary(algorithm)) {
    throw new CodecError('dictionary_mismatch', `Dictionaries are not supported by ${algorithm}; use zstd or deflate.`);
  }
}
