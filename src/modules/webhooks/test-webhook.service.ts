import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { Database } from '../../platform/database/index.js';
import { type DomainEvent, Outbox } from '../../platform/events/index.js';
import { TEST_EVENT } from './endpoints/subscription-rules.js';
import { getWebhook } from './endpoints/webhook-endpoint.queries.js';
import type { WebhookTestView } from './webhook.dto.js';

/** Sends an endpoint a test event, whatever it subscribes to. */
@Injectable()
export class TestWebhookService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AppError REQ_005, REQ_006 for a disabled endpoint */
  async test(caller: Principal, id: string): Promise<z.infer<typeof WebhookTestView>> {
    return this.database.transaction(async (em) => {
      const endpoint = await getWebhook(em, caller.userId, id);
      endpoint.assertEnabled();
      const event: DomainEvent = { type: TEST_EVENT, ownerId: caller.userId, data: { webhook_id: id } };
      return { event_id: this.outbox.record(em, event) };
    });
  }
}
