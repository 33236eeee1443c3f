import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Workers } from '../../../platform/work/index.js';
import { lockWebhook } from '../endpoints/webhook-endpoint.queries.js';
import type { WebhookDeliveryView } from './delivery.dto.js';
import { viewDelivery } from './delivery.view.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { getDelivery, listAttempts, restartDeliveries } from './webhook-delivery.queries.js';

/** Begins a new series of attempts of one delivery, under the same id. */
@Injectable()
export class RedeliverWebhookDeliveryService {
  constructor(
    private readonly database: Database,
    private readonly workers: Workers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The endpoint is locked, so that nothing else decides meanwhile when it is due. @throws AppError REQ_005, REQ_006 */
  async redeliver(caller: Principal, webhookId: string, id: string): Promise<z.infer<typeof WebhookDeliveryView>> {
    return this.database.transaction(async (em) => {
      const endpoint = await lockWebhook(em, caller.userId, webhookId);
      endpoint.assertEnabled();
      await getDelivery(em, webhookId, id);
      await restartDeliveries(em, webhookId, { id }, new Date(this.clock.now()));
      this.workers.wakeAfterCommit(em);
      const delivery = await em.findOneOrFail(WebhookDelivery, { id }, { refresh: true });
      return viewDelivery(delivery, await listAttempts(em, [id]));
    });
  }
}
