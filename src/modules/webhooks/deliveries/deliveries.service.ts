import { Injectable } from '@nestjs/common';
import type { FilterQuery } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import { getWebhook } from '../endpoints/webhook-endpoint.queries.js';
import type { WebhookDeliveryQuery, WebhookDeliveryView } from './delivery.dto.js';
import { viewDelivery } from './delivery.view.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';
import { listAttempts, listDeliveries } from './webhook-delivery.queries.js';

/** Reads what was sent to an endpoint. */
@Injectable()
export class DeliveriesService {
  constructor(private readonly database: Database) {}

  /** Deliveries of an endpoint, newest first, each with its attempts. @throws AppError REQ_005 */
  async list(
    caller: Principal,
    webhookId: string,
    query: z.infer<typeof WebhookDeliveryQuery>,
  ): Promise<Page<z.infer<typeof WebhookDeliveryView>>> {
    return this.database.read(async (em) => {
      await getWebhook(em, caller.userId, webhookId);
      const rows = await listDeliveries(em, filterOf(webhookId, query), query.limit + 1);
      const attempts = await listAttempts(
        em,
        rows.map(({ id }) => id),
      );
      const byDelivery = Map.groupBy(attempts, ({ delivery }) => delivery.id);
      return toPage(rows, query.limit, (row) => viewDelivery(row, byDelivery.get(row.id) ?? []));
    });
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
