/** How many bytes to expect of one compressed byte: a guess for sizes of chunks, not a limit. */
export const EXPECTED_EXPANSION = 4;

const MIN = 1024;
const MAX = 256 * 1024;

/**
 * The size of the pieces in which node:zlib gathers its output (it allocates each as a whole): one for most small outputs,
 * few for large ones, and no large one kept alive by a small output.
 */
export function outputChunkBytes(expectedBytes: number): number {
  return Math.min(Math.max(expectedBytes, MIN), MAX);
}
