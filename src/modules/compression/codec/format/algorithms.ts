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
