import { z } from 'zod';
import { DataInput } from '../../../platform/http/validation/index.js';
import { ALGORITHMS } from '../codec/format/codec-rules.js';
import { ENCODINGS } from '../request/read-original.js';

/** Body of `analyzeCompression`. */
export const Analysis = z
  .strictObject({
    data: z
      .custom<unknown>()
      .optional()
      .meta({ description: 'Any JSON value; with `encoding` utf8 or base64 a string.' }),
    encoding: z.enum(ENCODINGS).optional().meta({ description: 'Of `data`; json unless told.' }),
    sample: DataInput.min(1).optional().meta({ description: 'Instead of `data`: typical bytes in base64.' }),
  })
  .superRefine(({ data, sample, encoding }, context) => {
    if ((data === undefined) === (sample === undefined)) {
      context.addIssue({ code: 'custom', path: ['data'], message: 'is required, or sample instead; not both' });
    }
    if (sample !== undefined && encoding !== undefined) {
      context.addIssue({ code: 'custom', path: ['encoding'], message: 'belongs to data; a sample is base64' });
    }
  })
  .meta({ id: 'CompressionAnalysisRequest' });

const choice = {
  algorithm: z.enum(ALGORITHMS),
  level: z.int(),
};

const RecommendationView = z.object({ ...choice });

/** Answer of `analyzeCompression`. */
export const AnalysisView = z
  .object({
    original_size: z.int().meta({ description: 'Bytes.' }),
    analyzed_size: z.int().meta({ description: 'Bytes that were tried: at most the first 256 KiB.' }),
    results: z.array(
      z.object({
        ...choice,
        compressed_size: z.int().meta({ description: 'Bytes, of those that were tried.' }),
        ratio: z.number().meta({ description: 'analyzed_size / compressed_size' }),
        duration_ms: z.number().meta({ description: 'Measured, on one thread of this server.' }),
      }),
    ),
    recommended: z.object({
      fast: RecommendationView.meta({ description: 'Compressed and sent soonest over 1 Gbit/s.' }),
      balanced: RecommendationView.meta({ description: 'Compressed and sent soonest over 50 Mbit/s.' }),
      small: RecommendationView.meta({ description: 'The fewest bytes; of several the quickest.' }),
    }),
  })
  .meta({ id: 'CompressionAnalysis' });
