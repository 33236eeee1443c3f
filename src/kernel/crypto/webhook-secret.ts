import { randomBytes } from 'node:crypto';

/** Prefix of a webhook secret (Standard Webhooks, "Signature scheme"). */
export const WEBHOOK_SECRET_PREFIX = 'whsec_';

const SECRET_BYTES = 32;

/** A new webhook secret: `whsec_` and the standard base64 of 32 random bytes. */
export function generateWebhookSecret(): string {
  return WEBHOOK_SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}
