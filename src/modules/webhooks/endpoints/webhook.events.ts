import type { EntityManager } from '@mikro-orm/postgresql';
import type { Outbox } from '../../../platform/events/index.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';

/** What owners do to their endpoints. These events are for the audit trail; nobody can subscribe to them. */
export type WebhookChangeEvent = 'webhook.created' | 'webhook.updated' | 'webhook.deleted' | 'webhook.secret_rotated';

/** Records a change of an endpoint with the transaction of the change. The URL may hold a token, so only its host is told. */
export function recordWebhookChange(
  outbox: Outbox,
  em: EntityManager,
  type: WebhookChangeEvent,
  { id, ownerId, url }: WebhookEndpoint,
): void {
  outbox.record(em, { type, ownerId, data: { webhook_id: id, host: new URL(url).host } });
}
