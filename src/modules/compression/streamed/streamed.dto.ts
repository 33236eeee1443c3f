import { z } from 'zod';
import { AlgorithmInput, checkLevel, LevelParameter } from '../request/level.dto.js';

const DICTIONARY = 'Id of a dictionary of yours; for zstd and deflate.';

/** Query of `compress`, its streamed form. */
export const StreamedCompression = z
  .strictObject({
    algorithm: AlgorithmInput,
    level: LevelParameter,
    dictionary_id: z.string().optional().meta({ format: 'uuid', description: DICTIONARY }),
  })
  .superRefine(checkLevel);

/** Query of `decompress`, its streamed form. */
export const StreamedDecompression = z.strictObject({
  algorithm: AlgorithmInput,
  dictionary_id: z.string().optional().meta({ format: 'uuid', description: DICTIONARY }),
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
