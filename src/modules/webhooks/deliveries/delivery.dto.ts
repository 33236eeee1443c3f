import { z } from 'zod';
import { webhookEventTypes } from '../../../kernel/events/event-types.js';
import { TimeInput, TimeView } from '../../../platform/http/index.js';
import { IdView } from '../../../platform/http/validation/index.js';
import { isUuid } from '../../../kernel/ids.js';
import { pageQueryFields, pageView } from '../../../platform/http/paging/index.js';
import { ATTEMPT_OUTCOMES } from './webhook-attempt.entity.js';
import { DELIVERY_STATUSES } from './webhook-delivery.entity.js';

const AttemptView = z.object({
  number: z.int(),
  started_at: TimeView,
  outcome: z
    .enum(ATTEMPT_OUTCOMES)
    .nullable()
    .meta({ description: 'Null: under way, or broken off with the process that made it; then it is made again.' }),
  status: z.int().nullable().meta({ description: 'The HTTP status of the answer.' }),
  latency_ms: z.int().nullable(),
  error: z.string().nullable(),
  response_excerpt: z.string().nullable().meta({ description: 'The first 1,000 characters of the answer.' }),
});

/** One event on its way to one endpoint, with every attempt. */
export const WebhookDeliveryView = z
  .object({
    id: IdView,
    event_id: IdView.meta({ description: 'The `webhook-id` of the requests.' }),
    event_type: z.string(),
    sequence: z.int().meta({ description: "Counts the endpoint's deliveries without gaps; `X-Kindly-Sequence`." }),
    status: z.enum(DELIVERY_STATUSES),
    attempts: z.array(AttemptView),
    next_attempt_at: TimeView.nullable(),
    created_at: TimeView,
    finished_at: TimeView.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

/** Query of `listWebhookDeliveries`. */
export const WebhookDeliveryQuery = z.strictObject({
  ...pageQueryFields,
  status: z.enum(DELIVERY_STATUSES).optional(),
  event_type: z.lazy(() => z.enum(webhookEventTypes())).optional(),
  event_id: z.string().refine(isUuid, 'must be an id').optional().meta({ format: 'uuid' }),
  from: TimeInput.optional(),
  to: TimeInput.optional(),
});

/** Answer of `listWebhookDeliveries`. */
export const WebhookDeliveryPage = pageView(WebhookDeliveryView).meta({ id: 'WebhookDeliveryPage' });

/** Body of `redeliverWebhookDeliveries`. */
export const RedeliveryRange = z
  .strictObject({
    from: TimeInput.meta({ description: 'Deliveries made at or after this time.' }),
    to: TimeInput.optional().meta({ description: 'And before this time; default: now.' }),
    status: z
      .enum(['failed', 'delivered', 'any'])
      .default('failed')
      .meta({ description: 'Which deliveries are sent again.' }),
  })
  .meta({ id: 'RedeliveryRange' });

/** Answer of `redeliverWebhookDeliveries`. */
export const RedeliveryView = z
  .object({ count: z.int().meta({ description: 'How many deliveries are sent again.' }) })
  .meta({ id: 'Redelivery' });
