/** The figures of a finished operation, in bytes. */
export interface Figures {
  readonly original_size: number;
  readonly compressed_size: number;
  /** original_size / compressed_size */
  readonly ratio: number;
}

/** Sizes and ratio as answers give them. */
export function figuresOf(originalBytes: number, compressedBytes: number): Figures {
  return {
    original_size: originalBytes,
    compressed_size: compressedBytes,
    ratio: ratioOf(originalBytes, compressedBytes),
  };
}

/** Three decimals. */
export function ratioOf(originalBytes: number, compressedBytes: number): number {
  return roundTo(originalBytes / compressedBytes, 3);
}

/** Rounds half up to a number of decimals. */
export function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
