import { constants } from 'node:buffer';
import { zstdDecompressSync } from 'node:zlib';
import { CodecError } from '../format/codec.errors.js';
import type { DecompressOptions } from '../format/codec-rules.js';
import { PartStore } from './part-store.js';
import { EXPECTED_EXPANSION, outputChunkBytes, zstdDecodeOptions } from '../format/zlib-rules.js';
import { ZstdFrameReader } from './zstd-frame-reader.js';

/**
 * The contents of all frames of `input`. A one-shot call decodes one frame and costs about 20 µs however small it is;
 * the work is linear in the number of frames. Throws CodecError or what the decoder throws.
 */
export function decompressZstdFrames(input: Uint8Array, options: DecompressOptions): Buffer {
  const scanner = new ZstdFrameReader({ checksumRequired: options.dictionary !== undefined });
  const contents = new PartStore();
  for (const frame of scanner.split(input)) {
    const content = decodeFrame(frame, options, options.outputLimitBytes - contents.length);
    if (frame.length === input.length) {
      scanner.finish();
      return content;
    }
    contents.append(content);
  }
  scanner.finish();
  return contents.join();
}

function decodeFrame(frame: Uint8Array, options: DecompressOptions, leftBytes: number): Buffer {
  const content = zstdDecompressSync(frame, {
    ...zstdDecodeOptions(options),
    // zlib has no limit of 0: with nothing left, one byte is let through and counted.
    maxOutputLength: Math.min(Math.max(leftBytes, 1), constants.MAX_LENGTH),
    chunkSize: outputChunkBytes(frame.length * EXPECTED_EXPANSION),
  });
  if (content.length > leftBytes) {
    throw new CodecError('output_limit');
  }
  return content;
}
