import { z } from 'zod';
import { TimeView } from '../../platform/http/index.js';
import { cascadeInput, IdView } from '../../platform/http/validation/index.js';
import { API_KEY_STATUSES } from './api-key-status.js';

/** The longest grace period and delay: 30 days. */
const DELAY_HOURS_MAX = 720;

/** Query of `revokeApiKey`. */
export const RevocationQuery = z.strictObject({
  delay_hours: z
    .string()
    .regex(/^\d{1,3}$/, `must be a whole number from 0 to ${DELAY_HOURS_MAX}`)
    .transform(Number)
    .refine((hours) => hours <= DELAY_HOURS_MAX, `must be a whole number from 0 to ${DELAY_HOURS_MAX}`)
    .default(0)
    .meta({ type: 'integer', minimum: 0, maximum: DELAY_HOURS_MAX, default: 0, description: 'Hours until it ends.' }),
  cascade: cascadeInput(false),
});

/** Body of `rotateApiKey`, which may be left out. */
export const Rotation = z
  .strictObject({
    grace_period_hours: z
      .int()
      .min(0)
      .max(DELAY_HOURS_MAX)
      .default(24)
      .meta({ description: 'How long the old key works on.' }),
  })
  .prefault({})
  .meta({ id: 'Rotation' });

/** Answer of `getRotation`: who still uses a key that is on its way out. */
export const RotationProgressView = z
  .object({
    key_id: IdView,
    status: z.enum(API_KEY_STATUSES),
    successor_id: IdView.nullable(),
    revoke_at: TimeView.nullable(),
    last_used_at: TimeView.nullable(),
    safe_to_revoke: z.boolean().meta({ description: 'Nobody has used the old key for an hour.' }),
    requests: z.int().meta({ description: 'Requests of the old key since it is on its way out.' }),
    origins: z.array(
      z.object({
        ip: z.string().nullable().meta({ description: 'null: all origins beyond the first hundred.' }),
        user_agent: z.string().nullable(),
        requests: z.int(),
        last_used_at: TimeView,
      }),
    ),
  })
  .meta({ id: 'RotationProgress' });
