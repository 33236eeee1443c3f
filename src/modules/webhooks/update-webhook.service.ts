import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { failPendingDeliveries } from './deliveries/webhook-delivery.queries.js';
import { EndpointWriter } from './endpoints/endpoint-writer.js';
import type { WebhookEndpoint } from './endpoints/webhook-endpoint.entity.js';
import { getWebhook, lockWebhook } from './endpoints/webhook-endpoint.queries.js';
import { WebhookTargetsService } from './targets/webhook-targets.service.js';
import type { WebhookChanges, WebhookView } from './webhook.dto.js';
import { viewWebhook } from './webhook.view.js';

/** Changes an endpoint; enabling a disabled one starts its health afresh. */
@Injectable()
export class UpdateWebhookService {
  constructor(
    private readonly database: Database,
    private readonly writer: EndpointWriter,
    private readonly targets: WebhookTargetsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_001, REQ_005 */
  async update(
    caller: Principal,
    id: string,
    changes: z.infer<typeof WebhookChanges>,
  ): Promise<z.infer<typeof WebhookView>> {
    // before the URL is looked up, so that an id of another owner is answered without a trace of the work
    await this.database.read((em) => getWebhook(em, caller.userId, id));
    const url = changes.url === undefined ? undefined : await this.targets.accept(changes.url);
    const changed = await this.writer.write('webhook.updated', async (em) => {
      const endpoint = await lockWebhook(em, caller.userId, id);
      await this.apply(em, endpoint, { ...changes, url });
      return endpoint;
    });
    return viewWebhook(changed, this.clock.now());
  }

  private async apply(
    em: EntityManager,
    endpoint: WebhookEndpoint,
    { url, events, description, enabled }: z.infer<typeof WebhookChanges>,
  ): Promise<void> {
    if (url !== undefined) endpoint.url = url;
    if (events !== undefined) endpoint.events = events;
    if (description !== undefined) endpoint.description = description;
    if (enabled === undefined || enabled === endpoint.isEnabled()) return;
    if (enabled) {
      endpoint.enable();
      return;
    }
    const now = new Date(this.clock.now());
    endpoint.disable('owner', now);
    await failPendingDeliveries(em, endpoint.id, now);
  }
}
