import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Workers } from '../../../platform/work/index.js';
import { lockWebhook } from '../endpoints/webhook-endpoint.queries.js';
import type { RedeliveryRange, RedeliveryView } from './delivery.dto.js';
import { restartDeliveries } from './webhook-delivery.queries.js';

/** Begins a new series of attempts of the deliveries that were made within a time. */
@Injectable()
export class RedeliverWebhookDeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly workers: Workers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The endpoint is locked, so that nothing else decides meanwhile when it is due. @throws AppError REQ_005, REQ_006 */
  async redeliver(
    caller: Principal,
    webhookId: string,
    { from, to, status }: z.infer<typeof RedeliveryRange>,
  ): Promise<z.infer<typeof RedeliveryView>> {
    return this.database.transaction(async (em) => {
      const endpoint = await lockWebhook(em, caller.userId, webhookId);
      endpoint.assertEnabled();
      const which = {
        createdAt: { $gte: from, ...(to && { $lt: to }) },
        status: status === 'any' ? { $in: ['failed', 'delivered'] as const } : status,
      };
      const count = await restartDeliveries(em, webhookId, which, new Date(this.clock.now()));
      this.workers.wakeAfterCommit(em);
      return { count };
    });
  }
}
