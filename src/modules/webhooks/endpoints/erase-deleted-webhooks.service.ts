import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { ScheduledJobs } from '../../../platform/work/index.js';

/** How long a deleted endpoint is kept, as long as its deliveries are. */
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

const ERASE_DELETED = `
  with endpoints as (delete from webhook_endpoints where deleted_at < $1 returning id),
  deliveries as (delete from webhook_deliveries where endpoint_id in (select id from endpoints) returning id)
  delete from webhook_attempts where delivery_id in (select id from deliveries)`;

/** Erases endpoints that were deleted long ago, with what is left of their deliveries: most have gone with their events. */
@Injectable()
export class EraseDeletedWebhooksService {
  constructor(
    jobs: ScheduledJobs,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    jobs.add({ name: 'webhook-retention', cron: '37 3 * * *', run: () => this.eraseDeleted() });
  }

  private async eraseDeleted(): Promise<void> {
    await this.database.query(ERASE_DELETED, [new Date(this.clock.now() - RETENTION_MS)]);
  }
}
