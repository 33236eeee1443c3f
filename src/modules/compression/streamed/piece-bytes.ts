const KIB = 1024;
const PIECE_BYTES_MIN = 64 * KIB;
const PIECE_BYTES_MAX = 256 * KIB;
/** What all streams together may have the event loop hash before it turns to others. */
const PIECES_TOGETHER_BYTES = 512 * KIB;

/**
 * How much of a stream is handed to a codec at a time, in bytes. Large pieces make a stream up to a quarter faster, as a
 * hand-over costs little beside the work; but the event loop hashes each, so beside many streams they are smaller.
 */
export function pieceBytesFor(openStreams: number): number {
  return Math.min(Math.max(Math.floor(PIECES_TOGETHER_BYTES / openStreams), PIECE_BYTES_MIN), PIECE_BYTES_MAX);
}
