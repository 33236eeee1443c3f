import { zstdDecompressSync } from 'node:zlib';
import { CodecError } from './codec-error.js';
import type { DecompressOptions } from './codec-options.js';
import { zstdDecodeOptions } from './zlib-options.js';
import { ZstdFrameScanner } from './zstd-frame-scanner.js';

/**
 * The contents of all frames of `input`. A one-shot call decodes one frame and costs about 20 µs however small it is;
 * the work is linear in the number of frames. Throws CodecError or what the decoder throws.
 */
export function zstdDecompressFramesSync(input: Uint8Array, options: DecompressOptions, chunkSize: number): Buffer {
  const scanner = new ZstdFrameScanner({ checksumRequired: options.dictionary !== undefined });
  const decodeOptions = { ...zstdDecodeOptions(options), chunkSize };
  const contents: Buffer[] = [];
  let left = options.outputLimitBytes;
  for (const frame of scanner.split(input)) {
    // zlib has no limit of 0: with nothing left, one byte is let through and counted.
    const content = zstdDecompressSync(frame, { ...decodeOptions, maxOutputLength: Math.max(left, 1) });
    left -= content.length;
    if (left < 0) {
      throw new CodecError('output_limit');
    }
    contents.push(content);
  }
  scanner.finish();
  return contents.length === 1 && contents[0] !== undefined ? contents[0] : Buffer.concat(contents);
}
