import type { CompressOptions, DecompressOptions } from '../format/codec-rules.js';
import { CodecPool } from './codec-pool.js';

let shared: CodecPool | undefined;

/** The pool of this process, made at first use: its workers are to be as many as the cores allow, so there is one. */
export function sharedCodecPool(): CodecPool {
  shared ??= new CodecPool();
  return shared;
}

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
