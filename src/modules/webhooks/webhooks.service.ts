import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { getWebhook, listWebhooks } from './endpoints/webhook-endpoint.queries.js';
import type { WebhookQuery, WebhookView } from './webhook.dto.js';
import { viewWebhook } from './webhook.view.js';

/** Reads an owner's endpoints. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(caller: Principal, query: z.infer<typeof WebhookQuery>): Promise<Page<z.infer<typeof WebhookView>>> {
    const rows = await this.database.read((em) => listWebhooks(em, caller.userId, query));
    const now = this.clock.now();
    return toPage(rows, query.limit, (row) => viewWebhook(row, now));
  }

  /** @throws AppError REQ_005 */
  async get(caller: Principal, id: string): Promise<z.infer<typeof WebhookView>> {
    const row = await this.database.read((em) => getWebhook(em, caller.userId, id));
    return viewWebhook(row, this.clock.now());
  }
}
