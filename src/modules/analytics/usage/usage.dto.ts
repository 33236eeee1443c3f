import { z } from 'zod';
import { isUuid } from '../../../kernel/ids.js';
import { TimeInput, TimeView } from '../../../platform/http/index.js';
import { IdView } from '../../../platform/http/validation/index.js';

/** What usage can be told by. */
export const USAGE_GROUPS = ['key', 'route', 'status', 'ip'] as const;
export const USAGE_INTERVALS = ['hour', 'day'] as const;

/** Id of a credential in a query. */
export const CredentialIdInput = z
  .string()
  .refine(isUuid, 'must be the id of a key or another credential')
  .transform((id) => id.toLowerCase())
  .meta({ format: 'uuid', description: 'Only this key, service account, grant or session.' });

/** Query of `getUsage`. */
export const UsageQuery = z
  .strictObject({
    from: TimeInput.optional().meta({ description: 'Included, back to its hour; 30 days before `to` unless told.' }),
    to: TimeInput.optional().meta({ description: 'Not included, on to the next hour; now unless told.' }),
    interval: z
      .enum(USAGE_INTERVALS)
      .optional()
      .meta({ description: 'One entry an hour or a day (UTC); else one in all.' }),
    group_by: z.enum(USAGE_GROUPS).optional(),
    credential_id: CredentialIdInput.optional(),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(({ from, to }) => !from || !to || from < to, { path: ['to'], message: 'must be later than from' });

/** Answer of `getUsage`. */
export const UsageView = z
  .object({
    from: TimeView.meta({ description: 'Where the counting begins.' }),
    to: TimeView.meta({ description: 'Where it ends; not included.' }),
    interval: z.enum(USAGE_INTERVALS).nullable(),
    group_by: z.enum(USAGE_GROUPS).nullable(),
    requests: z.int(),
    errors: z.int().meta({ description: 'Requests that were answered with a status of 400 or more.' }),
    data: z.array(
      z.object({
        time: TimeView.optional().meta({ description: 'With interval: where it begins.' }),
        credential_id: IdView.optional().meta({ description: 'With group_by=key.' }),
        credential_kind: z.enum(['session', 'api_key', 'service_account', 'oauth']).optional(),
        route: z
          .string()
          .nullable()
          .optional()
          .meta({ examples: ['GET /api/keys/:id'] }),
        status: z.int().nullable().optional(),
        ip: z.string().nullable().optional().meta({ description: 'null: unknown, or beyond a hundred an hour.' }),
        requests: z.int(),
        errors: z.int(),
      }),
    ),
  })
  .meta({ id: 'Usage' });
