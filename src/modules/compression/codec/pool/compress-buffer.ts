import type { CodecPool } from './codec-pool.js';
import type { CompressOptions } from '../format/codec-rules.js';
import { sharedCodecPool } from './shared-codec-pool.js';

/**
 * Compresses `input`, which stays the caller's, off the event loop. Rejects with CodecBusyError when too much is waiting
 * for `ownerId`, with RangeError for a level out of range, with CodecError for a dictionary that the format cannot verify.
 */
export function compressBuffer(
  input: Uint8Array,
  options: CompressOptions,
  ownerId = '',
  pool: CodecPool = sharedCodecPool(),
): Promise<Buffer> {
  return pool.run(ownerId, { operation: 'compress', input, options });
}
