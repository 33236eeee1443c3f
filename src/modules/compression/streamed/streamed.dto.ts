import { z } from 'zod';
import { DictionaryField } from '../compression.dto.js';
import { AlgorithmInput, checkLevel, LevelParameter } from '../request/level.dto.js';

/** Query of `compress`, its streamed form. */
export const StreamedCompression = z
  .strictObject({
    algorithm: AlgorithmInput,
    level: LevelParameter,
    dictionary_id: DictionaryField,
  })
  .superRefine(checkLevel);

/** Query of `decompress`, its streamed form. */
export const StreamedDecompression = z.strictObject({
  algorithm: AlgorithmInput,
  dictionary_id: DictionaryField,
});

/** What the document says of the streamed forms. */
export const STREAMED_FORM = {
  status: 200,
  takes: 'application/octet-stream',
  answers: 'application/octet-stream',
  headers: {
    'X-Compression-Algorithm': 'The algorithm used',
    'X-Compression-Original-Size': 'Bytes; like the next three a trailer if the answer has more than 64 KiB',
    'X-Compression-Compressed-Size': 'Bytes',
    'X-Compression-Ratio': 'Original size / compressed size',
    'X-Compression-Checksum': 'SHA-256 of the original, hex',
  },
} as const;
