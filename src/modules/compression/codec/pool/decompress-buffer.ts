import type { CodecPool } from './codec-pool.js';
import type { DecompressOptions } from '../format/codec-rules.js';
import { sharedCodecPool } from './shared-codec-pool.js';

/**
 * The exact bytes back from `input`, which stays the caller's, off the event loop. Rejects with CodecError, and with
 * CodecBusyError when too much is waiting for `ownerId`.
 */
export function decompressBuffer(
  input: Uint8Array,
  options: DecompressOptions,
  ownerId = '',
  pool: CodecPool = sharedCodecPool(),
): Promise<Buffer> {
  return pool.run(ownerId, { operation: 'decompress', input, options });
}
