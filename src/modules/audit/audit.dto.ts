import { z } from 'zod';
import { ACCESS_CHECKS } from '../../kernel/access/access-checks.js';
import { isUuid } from '../../kernel/ids.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { TimeInput } from '../../platform/http/index.js';
import { IdView } from '../../platform/http/validation/index.js';

const IdInput = z
  .string()
  .refine(isUuid, 'must be a UUID')
  .transform((id) => id.toLowerCase())
  .meta({ format: 'uuid' });

/** Output: a moment in UTC with milliseconds. */
const MomentView = z.string().meta({ format: 'date-time', examples: ['2024-01-08T12:00:00.123Z'] });

const filterFields = {
  type: z
    .string()
    .regex(/^[a-z_]+(\.[a-z_]+)*(\.\*)?$/, 'must be a type such as api_key.created, or a group such as api_key.*')
    .max(64)
    .optional(),
  owner_id: IdInput.optional().meta({ description: 'Whose trail; only administrators see others than their own.' }),
  actor_id: IdInput.optional().meta({ description: 'The credential it was done with.' }),
  request_id: IdInput.optional(),
  from: TimeInput.optional().meta({ description: 'Included.' }),
  to: TimeInput.optional().meta({ description: 'Not included.' }),
};

/** Query of `listAuditEvents`. */
export const AuditEventQuery = z.strictObject({ ...pageQueryFields, ...filterFields });

/** Query of `exportAuditEvents`. */
export const AuditExportQuery = z.strictObject(filterFields);

/** A row of the audit trail. */
export const AuditEventView = z
  .object({
    id: IdView,
    type: z.string().meta({ examples: ['api_key.created'] }),
    occurred_at: MomentView,
    owner_id: IdView.nullable().meta({
      description: 'Whose trail it belongs to; null: nobody’s but the administrators’.',
    }),
    actor: z.object({
      kind: z
        .string()
        .nullable()
        .meta({ description: 'session, api_key, service_account, oauth; null: nobody known.' }),
      id: IdView.nullable().meta({ description: 'The credential it was done with.' }),
      user_id: IdView.nullable(),
    }),
    ip: z.string().nullable(),
    request_id: IdView.nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' });

/** Answer of `listAuditEvents`. */
export const AuditEventPage = pageView(AuditEventView).meta({ id: 'AuditEventPage' });

/** Answer of `verifyAuditTrail`. */
export const TrailVerdictView = z
  .object({
    valid: z.boolean(),
    checked: z.int().meta({ description: 'Rows that are as they were written.' }),
    head: z
      .object({ sequence: z.int(), hash: z.string() })
      .meta({ description: 'The last good position of the chain.' }),
    first_bad: z
      .object({
        fault: z.enum(['edited', 'deleted', 'inserted', 'truncated', 'signed']),
        sequence: z.int().nullable().meta({ description: 'Its place in the chain; null: it has none.' }),
        event_id: IdView.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'AuditTrailVerdict' });

/** Answer of `getAccessDecision`. */
export const AccessDecisionView = z
  .object({
    request_id: IdView,
    decided_at: MomentView,
    method: z.string(),
    path: z.string(),
    owner_id: IdView.nullable(),
    credential: z.object({ kind: z.string().nullable(), id: IdView.nullable() }),
    ip: z.string().nullable(),
    code: z.string().meta({ examples: ['AUTH_009'] }),
    detail: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'What the caller was not told: `revoked`, `expired`.' }),
    checks: z.array(z.object({ check: z.enum(ACCESS_CHECKS), verdict: z.enum(['passed', 'refused', 'not_reached']) })),
  })
  .meta({ id: 'AccessDecision' });
