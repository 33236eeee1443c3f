import type { Algorithm } from '../codec/format/codec-rules.js';
import { ratioOf } from '../usage/figures.view.js';
import type { AnswerHeaders } from './answer-writer.js';
import type { ByteCounter, OriginalCounter } from './byte-counter.js';

const LATE_NAMES = [
  'X-Compression-Original-Size',
  'X-Compression-Compressed-Size',
  'X-Compression-Ratio',
  'X-Compression-Checksum',
];

/** What a streamed answer says about itself; `count` takes note of the operation once it is complete. */
export function streamedHeaders(
  { algorithm, level }: { algorithm: Algorithm; level?: number },
  original: OriginalCounter,
  compressed: ByteCounter,
  count: () => void,
): AnswerHeaders {
  return {
    early: {
      'X-Compression-Algorithm': algorithm,
      ...(level !== undefined && { 'X-Compression-Level': String(level) }),
    },
    lateNames: LATE_NAMES,
    complete: () => {
      // before the client has the whole answer, so that the statistics it then asks for hold it
      count();
      return {
        'X-Compression-Original-Size': String(original.sizeBytes),
        'X-Compression-Compressed-Size': String(compressed.sizeBytes),
        'X-Compression-Ratio': String(ratioOf(original.sizeBytes, compressed.sizeBytes)),
        'X-Compression-Checksum': original.checksum(),
      };
    },
  };
}
