import { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import { DataInput } from '../../platform/http/validation/index.js';
import { ALGORITHMS } from './codec/format/codec-rules.js';
import { AlgorithmInput, checkLevel, LevelField } from './request/level.dto.js';
import { ENCODINGS } from './request/read-original.js';

const EncodingInput = z.enum(ENCODINGS).default('json');

/** What is missing when a value was sent as the body itself. */
const WRAP_IT = 'wrap the value: {"data": …}';

/** The refusal of a JSON form without a body. */
export function bodyMissing(): AppError {
  return new AppError('REQ_001', {
    detail: `The body is required; ${WRAP_IT}.`,
    errors: [{ field: '(body)', message: `is required; ${WRAP_IT}` }],
  });
}

/** Input: which dictionary to use; every id that is not that of a live one of the caller is answered with COMP_003. */
export const DictionaryField = z
  .string()
  .max(64)
  .optional()
  .meta({ format: 'uuid', description: 'Id of a dictionary of yours; for zstd and deflate.' });

/** Body of `compress`, its JSON form. */
export const Compression = z
  .strictObject(
    {
      data: z
        .unknown()
        .refine((value) => value !== undefined, { error: `is required; ${WRAP_IT}` })
        .meta({ description: 'Any JSON value; with `encoding` utf8 or base64 a string.' }),
      encoding: EncodingInput,
      algorithm: AlgorithmInput,
      level: LevelField,
      dictionary_id: DictionaryField,
    },
    {
      error: (issue) => (issue.code === 'invalid_type' ? `must be an object; ${WRAP_IT}` : undefined),
    },
  )
  .superRefine(checkLevel)
  .meta({ id: 'Compression' });

/** Body of `decompress`, its JSON form. */
export const Decompression = z
  .strictObject({
    data: DataInput.min(1).meta({ description: 'Compressed bytes in base64.' }),
    algorithm: AlgorithmInput,
    encoding: EncodingInput.meta({ description: 'How the answer is to give the original.' }),
    dictionary_id: DictionaryField,
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
    dictionary_id: z.string().optional(),
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
