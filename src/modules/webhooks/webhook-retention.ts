import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { RetentionService } from '../../platform/work/index.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long a deleted endpoint is kept, as long as its deliveries are. */
const RETENTION_MS = 30 * DAY_MS;

/** Endpoints deleted before $1, at most $2, with their deliveries and attempts; answers how many endpoints. */
const ERASE_DELETED = `
  with endpoints as (
    delete from webhook_endpoints where id in (
      select id from webhook_endpoints where deleted_at < $1 limit $2 for update skip locked) returning id),
  deliveries as (delete from webhook_deliveries where endpoint_id in (select id from endpoints) returning id),
  attempts as (delete from webhook_attempts where delivery_id in (select id from deliveries))
  select id from endpoints`;

/** Erases endpoints that were deleted long ago, with what is left of their deliveries: most have gone with their events. */
@Injectable()
export class WebhookRetention {
  constructor(
    retention: RetentionService,
    private readonly database: Database,
  ) {
    retention.add({
      name: 'webhook_endpoints',
      everyMs: DAY_MS,
      keptMs: RETENTION_MS,
      handle: (before, rowsMax) => this.eraseDeleted(before, rowsMax),
    });
  }

  private async eraseDeleted(before: Date, rowsMax: number): Promise<number> {
    return (await this.database.query(ERASE_DELETED, [before, rowsMax])).rowCount ?? 0;
  }
}
