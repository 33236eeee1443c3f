import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/page.js';
import { Workers } from '../../../platform/work/index.js';
import type { RedeliveryRange, RedeliveryView, WebhookDeliveryQuery, WebhookDeliveryView } from './delivery.dto.js';
import { viewDelivery } from './delivery.view.js';
import { WebhookAttempt } from './webhook-attempt.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';
import { getDelivery, getWebhook, lockWebhook } from '../endpoints/webhook-endpoint.queries.js';

/** Deliveries: what was sent to an endpoint, and sending it again. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly workers: Workers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Deliveries of an endpoint, newest first, each with its attempts. @throws AppError REQ_005 */
  async list(
    caller: Principal,
    webhookId: string,
    query: z.infer<typeof WebhookDeliveryQuery>,
  ): Promise<Page<z.infer<typeof WebhookDeliveryView>>> {
    return this.database.read(async (em) => {
      await getWebhook(em, caller.userId, webhookId);
      const rows = await em.find(WebhookDelivery, filterOf(webhookId, query), {
        orderBy: { id: 'desc' },
        limit: query.limit + 1,
      });
      const attempts = await em.find(
        WebhookAttempt,
        { delivery: rows.map(({ id }) => id) },
        { orderBy: { number: 'asc' } },
      );
      const byDelivery = Map.groupBy(attempts, ({ delivery }) => delivery.id);
      return toPage(rows, query.limit, (row) => viewDelivery(row, byDelivery.get(row.id) ?? []));
    });
  }

  /** Begins a new round of attempts of one delivery, under the same id. @throws AppError REQ_005, REQ_006 */
  async redeliver(caller: Principal, webhookId: string, id: string): Promise<z.infer<typeof WebhookDeliveryView>> {
    return this.database.transaction(async (em) => {
      await this.lockEnabled(em, caller, webhookId);
      await getDelivery(em, webhookId, id);
      await this.restart(em, webhookId, { id });
      const delivery = await em.findOneOrFail(WebhookDelivery, { id }, { refresh: true });
      const attempts = await em.find(WebhookAttempt, { delivery: id }, { orderBy: { number: 'asc' } });
      return viewDelivery(delivery, attempts);
    });
  }

  /** Begins a new round of attempts of the deliveries that were made within a time. @throws AppError REQ_005, REQ_006 */
  async redeliverRange(
    caller: Principal,
    webhookId: string,
    { from, to, status }: z.infer<typeof RedeliveryRange>,
  ): Promise<z.infer<typeof RedeliveryView>> {
    return this.database.transaction(async (em) => {
      await this.lockEnabled(em, caller, webhookId);
      const count = await this.restart(em, webhookId, {
        createdAt: { $gte: from, ...(to && { $lt: to }) },
        status: status === 'any' ? { $in: ['failed', 'delivered'] } : status,
      });
      return { count };
    });
  }

  /** The endpoint is locked, so that nothing else decides meanwhile when it is due. */
  private async lockEnabled(em: EntityManager, caller: Principal, webhookId: string): Promise<void> {
    const endpoint = await lockWebhook(em, caller.userId, webhookId);
    if (endpoint.disabledAt) throw new AppError('REQ_006', { detail: 'The webhook is disabled; enable it first.' });
  }

  private async restart(em: EntityManager, webhookId: string, which: FilterQuery<WebhookDelivery>): Promise<number> {
    const now = new Date(this.clock.now());
    const count = await em.nativeUpdate(
      WebhookDelivery,
      { $and: [{ endpoint: webhookId }, which] },
      { status: 'pending', failures: 0, nextAttemptAt: now, finishedAt: null },
    );
    // an owner who asks for it now believes that the receiver works again
    if (count > 0) await em.nativeUpdate(WebhookEndpoint, { id: webhookId }, { nextDueAt: now, pausedUntil: null });
    this.workers.wakeAfterCommit(em);
    return count;
  }
}

function filterOf(
  webhookId: string,
  { cursor, status, event_type, event_id, from, to }: z.infer<typeof WebhookDeliveryQuery>,
): FilterQuery<WebhookDelivery> {
  return {
    endpoint: webhookId,
    ...(cursor && { id: { $lt: cursor } }),
    ...(status && { status }),
    ...(event_type && { eventType: event_type }),
    ...(event_id && { event: event_id }),
    ...((from || to) && { createdAt: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
  };
}
