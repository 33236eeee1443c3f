import { signWebhookBody, signWebhookMessage, type WebhookKeys } from '../../../kernel/crypto/webhook-signature.js';
import { printTime } from '../../../platform/http/time.js';

/** An event on its way to an endpoint. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
  /** Request that caused it; null: none did. */
  readonly requestId: string | null;
  readonly deliveryId: string;
  /** Position among the deliveries of the endpoint. */
  readonly sequence: number;
}

/** The secrets of an endpoint: the current one, and the one that it replaces while both are valid. */
export interface EndpointKeys {
  readonly current: WebhookKeys;
  readonly previous: WebhookKeys | null;
}

/** The body of a webhook: the same bytes at every attempt. */
export function webhookBody({ id, type, occurredAt, data }: OutgoingEvent): string {
  return JSON.stringify({ id, type, created_at: printTime(occurredAt), data });
}

/**
 * The headers of a webhook, names and values in turn: those of Standard Webhooks, and the API's own. While a secret is
 * being replaced, `webhook-signature` carries a signature of each; `X-Kindly-Signature` stays with the old one, and the
 * new one's stands in `X-Kindly-Signature-Next`.
 */
export function webhookHeaders(
  event: OutgoingEvent,
  body: string,
  { current, previous }: EndpointKeys,
  nowMs: number,
): string[] {
  const message = { id: event.id, timestamp: Math.floor(nowMs / 1000), body };
  const signature = signWebhookMessage(current, message);
  const headers = [
    'content-type',
    'application/json',
    'user-agent',
    'Kindly-Webhooks/1.0',
    'webhook-id',
    message.id,
    'webhook-timestamp',
    String(message.timestamp),
    'webhook-signature',
    previous ? `${signature} ${signWebhookMessage(previous, message)}` : signature,
    'x-kindly-signature',
    signWebhookBody(previous ?? current, body),
    'x-kindly-event',
    event.type,
    'x-kindly-delivery',
    event.deliveryId,
    'x-kindly-sequence',
    String(event.sequence),
  ];
  if (previous) headers.push('x-kindly-signature-next', signWebhookBody(current, body));
  if (event.requestId !== null) headers.push('x-request-id', event.requestId);
  return headers;
}
