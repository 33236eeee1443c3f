import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { SubscriptionCache } from './subscription-cache.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { recordWebhookChange, type WebhookChangeEvent } from './webhook.events.js';

/** Writes changes of what endpoints subscribe to: each with its event, and known to this process once it is written. */
@Injectable()
export class EndpointWriter {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly subscriptions: SubscriptionCache,
  ) {}

  /** Commits `change` together with an event that tells of the endpoint it returns. Rejects as `change` does. */
  async write(
    type: WebhookChangeEvent,
    change: (em: EntityManager) => Promise<WebhookEndpoint>,
  ): Promise<WebhookEndpoint> {
    const written = await this.database.transaction(async (em) => {
      const endpoint = await change(em);
      recordWebhookChange(this.outbox, em, type, endpoint);
      return endpoint;
    });
    await this.subscriptions.refresh();
    return written;
  }
}
