import { z } from 'zod';
import { webhookEventTypes } from '../../kernel/events/event-types.js';
import { TimeView } from '../../platform/http/index.js';
import { GracePeriodHours, IdView, NoteInput } from '../../platform/http/validation/index.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { eventPatterns } from './endpoints/subscription-rules.js';

const UrlInput = z
  .string()
  .trim()
  .min(1)
  .max(2048)
  .meta({
    description: 'Where events are posted to: a public address; no user name, password or fragment.',
    examples: ['https://example.com/kindly'],
  });

// made when it is first used: by then every module has declared its events
const EventsInput = z.lazy(() => {
  const patterns = eventPatterns();
  return z
    .array(
      z
        .string()
        .max(64)
        .refine((pattern) => patterns.has(pattern), 'is not an event, nor a pattern such as api_key.* that covers one'),
    )
    .min(1)
    .max(patterns.size)
    .transform((chosen) => [...new Set(chosen)])
    .meta({
      description: `Events or patterns: \`*\`, \`api_key.*\`, ${webhookEventTypes().join(', ')}.`,
      examples: [['api_key.*']],
    });
});

const DescriptionInput = NoteInput(200).nullable();

/** Body of `createWebhook`. */
export const NewWebhook = z
  .strictObject({
    url: UrlInput,
    events: EventsInput,
    description: DescriptionInput.optional(),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'NewWebhook' });

/** Body of `updateWebhook`: what is left out stays as it is. */
export const WebhookChanges = z
  .strictObject({
    url: UrlInput.optional(),
    events: EventsInput.optional(),
    description: DescriptionInput.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'WebhookChanges' });

/** Body of `rotateWebhookSecret`, which may be left out. */
export const WebhookSecretRotation = z
  .strictObject({
    grace_period_hours: GracePeriodHours,
  })
  .prefault({})
  .meta({ id: 'WebhookSecretRotation' });

/** An endpoint; never its secret. */
export const WebhookView = z
  .object({
    id: IdView,
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(z.string()),
    enabled: z.boolean(),
    disabled_reason: z
      .enum(['owner', 'gone', 'failing'])
      .nullable()
      .meta({ description: '`gone`: it answered 410; `failing`: nothing but failures for five days.' }),
    disabled_at: TimeView.nullable(),
    failing_since: TimeView.nullable().meta({ description: 'When the failures began that no success has ended yet.' }),
    previous_secret_expires_at: TimeView.nullable(),
    created_at: TimeView,
  })
  .meta({ id: 'Webhook' });

/** An endpoint with a new secret, which is shown here and never again. */
export const WebhookWithSecretView = WebhookView.extend({
  secret: z.string().meta({ examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAbCdEfGhIjk='] }),
}).meta({ id: 'WebhookWithSecret' });

/** Answer of `testWebhook`. */
export const WebhookTestView = z
  .object({ event_id: IdView.meta({ description: 'Finds the delivery: `?event_id=`.' }) })
  .meta({ id: 'WebhookTest' });

/** Query of `listWebhooks`. */
export const WebhookQuery = z.strictObject({ ...pageQueryFields });

/** Answer of `listWebhooks`. */
export const WebhookPage = pageView(WebhookView).meta({ id: 'WebhookPage' });
