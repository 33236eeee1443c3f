import { z } from 'zod';
import { ALGORITHMS, LEVELS } from './codec/algorithms.js';

const ALGORITHM_DEFAULT = 'zstd';

/** How `data` stands for bytes: as the JSON text it is, as the UTF-8 of a string, or as base64 in a string. */
export const ENCODINGS = ['json', 'utf8', 'base64'] as const;

const AlgorithmInput = z.enum(ALGORITHMS).default(ALGORITHM_DEFAULT);
const EncodingInput = z.enum(ENCODINGS).default('json');
const WRAP_IT = 'is required; wrap the value: {"data": …}';

/** Body of `compress`, its JSON form. */
export const Compression = z
  .strictObject(
    {
      data: z
        .custom<unknown>((value) => value !== undefined, { error: WRAP_IT })
        .meta({ description: 'Any JSON value; with `encoding` utf8 or base64 a string.' }),
      encoding: EncodingInput,
      algorithm: AlgorithmInput,
      level: z.int().optional().meta({ description: 'zstd 1–19 (3), brotli 0–11 (4), gzip and deflate 1–9 (6).' }),
    },
    {
      error: (issue) => (issue.code === 'invalid_type' ? 'must be an object; wrap the value: {"data": …}' : undefined),
    },
  )
  .superRefine(({ algorithm, level }, context) => {
    const { min, max } = LEVELS[algorithm];
    if (level === undefined || (level >= min && level <= max)) return;
    context.addIssue({ code: 'custom', path: ['level'], message: `must be from ${min} to ${max} for ${algorithm}` });
  })
  .meta({ id: 'Compression' });

/** Body of `decompress`, its JSON form. */
export const Decompression = z
  .strictObject({
    data: z.string().min(1).meta({ description: 'Compressed bytes in base64.' }),
    algorithm: AlgorithmInput,
    encoding: EncodingInput.meta({ description: 'How the answer is to give the original.' }),
  })
  .meta({ id: 'Decompression' });

const resultFields = {
  algorithm: z.enum(ALGORITHMS),
  original_size: z.int().meta({ description: 'Bytes.' }),
  compressed_size: z.int().meta({ description: 'Bytes.' }),
  ratio: z.number().meta({ description: 'original_size / compressed_size' }),
  duration_ms: z.number(),
  checksum: z.string().meta({ description: 'SHA-256 of the original, hex.' }),
  encoding: z.enum(ENCODINGS),
};

/** Answer of `compress`, its JSON form. */
export const CompressionView = z
  .object({
    ...resultFields,
    level: z.int(),
    saved_percent: z.number(),
    data: z.string().meta({ description: 'Compressed bytes in base64.' }),
  })
  .meta({ id: 'CompressionResult' });

/** Answer of `decompress`, its JSON form. */
export const DecompressionView = z
  .object({
    ...resultFields,
    data: z.unknown().meta({ description: 'The original: a JSON value, or a string in the encoding asked for.' }),
  })
  .meta({ id: 'DecompressionResult' });

const totals = {
  operations: z.int(),
  bytes_in: z.int(),
  bytes_out: z.int(),
  ratio: z.number().nullable().meta({ description: 'Original bytes / compressed bytes; null without any.' }),
  saved_bytes: z.int(),
};

/** Answer of `getCompressionStats`. */
export const CompressionStatsView = z
  .object({
    ...totals,
    by_algorithm: z.array(z.object({ algorithm: z.enum(ALGORITHMS), ...totals })),
  })
  .meta({ id: 'CompressionStats' });
