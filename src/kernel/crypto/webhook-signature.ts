import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { WEBHOOK_SECRET_PREFIX } from './webhook-secret.js';

/** The two keys that one webhook secret stands for. */
export interface WebhookKeys {
  /** The bytes of the secret as it is printed, for `X-Kindly-Signature`. */
  readonly printed: KeyObject;
  /** The bytes that follow `whsec_` in base64, for `webhook-signature`. */
  readonly decoded: KeyObject;
}

/** What a Standard Webhooks signature covers. */
export interface WebhookMessage {
  readonly id: string;
  /** Epoch seconds. */
  readonly timestamp: number;
  readonly body: string;
}

/** Prepares the keys of a secret; throws TypeError when it does not have the form `whsec_<base64>`. */
export function webhookKeys(secret: string): WebhookKeys {
  if (!secret.startsWith(WEBHOOK_SECRET_PREFIX)) throw new TypeError('a webhook secret starts with whsec_');
  return {
    printed: createSecretKey(Buffer.from(secret)),
    decoded: createSecretKey(Buffer.from(secret.slice(WEBHOOK_SECRET_PREFIX.length), 'base64')),
  };
}

/** The value of `X-Kindly-Signature`: lower-case hex HMAC-SHA256 over the raw body (UTF-8). */
export function signWebhookBody({ printed }: WebhookKeys, body: string): string {
  return createHmac('sha256', printed).update(body).digest('hex');
}

/** One signature of `webhook-signature`: `v1,` and the base64 HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks). */
export function signWebhookMessage({ decoded }: WebhookKeys, { id, timestamp, body }: WebhookMessage): string {
  return `v1,${createHmac('sha256', decoded).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
