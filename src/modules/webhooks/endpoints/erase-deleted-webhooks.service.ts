import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import { RetentionService } from '../../../platform/work/index.js';
import { eraseWebhooksDeletedBefore } from './webhook-endpoint.queries.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long a deleted endpoint is kept, as long as its deliveries are. */
const RETENTION_MS = 30 * DAY_MS;

/** Erases endpoints that were deleted long ago, with what is left of their deliveries: most have gone with their events. */
@Injectable()
export class EraseDeletedWebhooksService {
  constructor(retention: RetentionService, database: Database) {
    retention.add({
      name: 'webhook_endpoints',
      everyMs: DAY_MS,
      keptMs: RETENTION_MS,
      handle: (before, rowsMax) => eraseWebhooksDeletedBefore(database, before, rowsMax),
    });
  }
}
