import { CodecError } from './codec.errors.js';

/** The formats of the product: zstd (RFC 8878), brotli (RFC 7932), gzip (RFC 1952) and zlib (RFC 1950), which HTTP calls deflate. */
export const ALGORITHMS = ['zstd', 'brotli', 'gzip', 'deflate'] as const;

/** One of {@link ALGORITHMS}. */
export type Algorithm = (typeof ALGORITHMS)[number];

/** The levels of one algorithm, with a name for each intention: time first, the usual bargain, size first. */
export interface LevelRange {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly fast: number;
  readonly balanced: number;
  readonly small: number;
}

/**
 * The levels that may be asked for. zstd stops at 19: the levels above need windows that {@link WINDOW_LOG_MAX} refuses
 * to open again.
 */
export const LEVELS: Readonly<Record<Algorithm, LevelRange>> = {
  zstd: { min: 1, max: 19, default: 3, fast: 1, balanced: 6, small: 19 },
  brotli: { min: 0, max: 11, default: 4, fast: 1, balanced: 6, small: 11 },
  gzip: { min: 1, max: 9, default: 6, fast: 1, balanced: 6, small: 9 },
  deflate: { min: 1, max: 9, default: 6, fast: 1, balanced: 6, small: 9 },
};

/** The largest zstd window, as a power of two of bytes (8 MiB, the least a decoder should offer: RFC 8878, 3.1.1.1.2). */
export const WINDOW_LOG_MAX = 23;

/** Whether the format has a checked way to name or verify a dictionary: zstd by content checksum, deflate by FDICT. */
export function takesDictionary(algorithm: Algorithm): boolean {
  return algorithm === 'zstd' || algorithm === 'deflate';
}

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
