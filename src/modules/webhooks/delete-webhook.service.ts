import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { failPendingDeliveries } from './deliveries/webhook-delivery.queries.js';
import { lockWebhookOrRemains } from './endpoints/webhook-endpoint.queries.js';
import { recordWebhookChange } from './endpoints/endpoint-writer.js';

/** Ends an endpoint; ending it again changes nothing. */
@Injectable()
export class DeleteWebhookService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_005 */
  async delete(caller: Principal, id: string): Promise<void> {
    await this.database.transaction(async (em) => {
      const endpoint = await lockWebhookOrRemains(em, caller.userId, id);
      if (endpoint.deletedAt) return;
      const now = new Date(this.clock.now());
      if (endpoint.isEnabled()) {
        endpoint.disable('owner', now);
        await failPendingDeliveries(em, endpoint.id, now);
      }
      endpoint.deletedAt = now;
      recordWebhookChange(this.outbox, em, 'webhook.deleted', endpoint);
    });
  }
}
