import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../platform/http/index.js';
import type { WebhookEndpoint } from './endpoints/webhook-endpoint.entity.js';
import type { WebhookView } from './webhook.dto.js';

/** Shows an endpoint as it stands at a moment (epoch milliseconds). */
export function viewWebhook(endpoint: WebhookEndpoint, nowMs: number): z.infer<typeof WebhookView> {
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description ?? null,
    events: [...endpoint.events],
    enabled: endpoint.isEnabled(),
    disabled_reason: endpoint.disabledReason ?? null,
    disabled_at: printTimeOrNull(endpoint.disabledAt),
    failing_since: printTimeOrNull(endpoint.failingSince),
    previous_secret_expires_at: printTimeOrNull(endpoint.isRotating(nowMs) ? endpoint.previousSecretExpiresAt : null),
    created_at: printTime(endpoint.createdAt),
  };
}
