import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { EventType } from '../../../kernel/events/event-types.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { SubscriptionCache } from './subscription-cache.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';

/** Writes changes of what endpoints subscribe to: each with its event, and known to this process once it is written. */
@Injectable()
export class EndpointWriter {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly subscriptions: SubscriptionCache,
  ) {}

  /** Commits `change` together with an event that tells of the endpoint it returns. Rejects as `change` does. */
  async write(type: EventType, change: (em: EntityManager) => Promise<WebhookEndpoint>): Promise<WebhookEndpoint> {
    const written = await this.database.transaction(async (em) => {
      const endpoint = await change(em);
      recordWebhookChange(this.outbox, em, type, endpoint);
      return endpoint;
    });
    await this.subscriptions.refresh();
    return written;
  }
}

/**
 * Records what an owner does to an endpoint, in the transaction in which it is done. The URL may hold a token, so only its
 * host is told.
 */
export function recordWebhookChange(
  outbox: Outbox,
  em: EntityManager,
  type: EventType,
  { id, ownerId, url }: WebhookEndpoint,
): void {
  outbox.record(em, { type, ownerId, data: { webhook_id: id, host: new URL(url).host } });
}
