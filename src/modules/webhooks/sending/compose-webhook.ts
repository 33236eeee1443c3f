import { signWebhookBody, signWebhookMessage, type WebhookKeys } from '../../../kernel/crypto/webhook-signature.js';
import { printTime } from '../../../platform/http/index.js';

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

/** A webhook as it is posted. */
export interface WebhookMessage {
  /** Names and values in turn. */
  readonly headers: string[];
  /** The same bytes at every attempt. */
  readonly body: string;
}

/**
 * Composes a webhook with the headers of Standard Webhooks and the API's own. While a secret is being replaced,
 * `webhook-signature` carries a signature of each; `X-Kindly-Signature` stays with the old one, and the new one's stands
 * in `X-Kindly-Signature-Next`. Signed at `nowMs` (epoch milliseconds).
 */
export function composeWebhook(event: OutgoingEvent, keys: EndpointKeys, nowMs: number): WebhookMessage {
  const { id, type, occurredAt, data } = event;
  const body = JSON.stringify({ id, type, created_at: printTime(occurredAt), data });
  const headers = [
    'content-type',
    'application/json',
    'user-agent',
    'Kindly-Webhooks/1.0',
    ...standardHeaders(id, body, keys, nowMs),
    'x-kindly-signature',
    signWebhookBody(keys.previous ?? keys.current, body),
    'x-kindly-event',
    type,
    'x-kindly-delivery',
    event.deliveryId,
    'x-kindly-sequence',
    String(event.sequence),
  ];
  if (keys.previous) headers.push('x-kindly-signature-next', signWebhookBody(keys.current, body));
  if (event.requestId !== null) headers.push('x-request-id', event.requestId);
  return { headers, body };
}

function standardHeaders(id: string, body: string, { current, previous }: EndpointKeys, nowMs: number): string[] {
  const timestamp = Math.floor(nowMs / 1000);
  const message = { id, timestamp, body };
  const signature = signWebhookMessage(current, message);
  return [
    'webhook-id',
    id,
    'webhook-timestamp',
    String(timestamp),
    'webhook-signature',
    previous ? `${signature} ${signWebhookMessage(previous, message)}` : signature,
  ];
}
