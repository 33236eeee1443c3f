import { z } from 'zod';
import { TimeInput, TimeView } from '../../../platform/http/index.js';
import { IdView } from '../../../platform/http/validation/index.js';
import { ALGORITHMS } from '../codec/format/codec-rules.js';

export const STATS_INTERVALS = ['hour', 'day', 'month'] as const;
export const STATS_GROUPS = ['algorithm', 'key', 'time'] as const;

/** Query of `getCompressionStats`. */
export const StatsQuery = z
  .strictObject({
    from: TimeInput.optional().meta({ description: 'Counts are kept by the hour: the hour of this time is included.' }),
    to: TimeInput.optional().meta({
      description: 'The hour that this time falls into is included, unless it begins it.',
    }),
    group_by: z.enum(STATS_GROUPS).optional(),
    interval: z.enum(STATS_INTERVALS).optional().meta({ description: 'With group_by=time; a day unless told. UTC.' }),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(({ from, to }) => !from || !to || from < to, { path: ['to'], message: 'must be later than from' })
  .refine(({ interval, group_by }) => !interval || group_by === 'time', {
    path: ['interval'],
    message: 'needs group_by=time',
  });

const totals = {
  operations: z.int(),
  bytes_in: z.int(),
  bytes_out: z.int(),
  ratio: z.number().nullable().meta({ description: 'Original bytes / compressed bytes; null without any.' }),
  saved_bytes: z.int(),
};

/** Answer of `getCompressionStats`. */
export const StatsView = z
  .object({
    from: TimeView.nullable().meta({ description: 'Where the counting begins: `from`, back to its hour.' }),
    to: TimeView.nullable().meta({ description: 'Where it ends: `to`, on to the next hour.' }),
    ...totals,
    by_algorithm: z.array(z.object({ algorithm: z.enum(ALGORITHMS), ...totals })),
    groups: z
      .array(
        z.object({
          algorithm: z.enum(ALGORITHMS).optional(),
          credential_id: IdView.optional().meta({ description: 'Key, service account, grant or session.' }),
          time: TimeView.optional().meta({ description: 'Where the interval begins.' }),
          ...totals,
        }),
      )
      .optional()
      .meta({ description: 'With group_by.' }),
  })
  .meta({ id: 'CompressionStats' });
