import { Injectable } from '@nestjs/common';
import { Database, DatabaseClock } from '../../../platform/database/index.js';
import { ScheduledJobs } from '../../../platform/work/index.js';
import { eraseWebhooksDeletedBefore } from './webhook-endpoint.queries.js';

/** How long a deleted endpoint is kept, as long as its deliveries are. */
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

/** Erases endpoints that were deleted long ago, with what is left of their deliveries: most have gone with their events. */
@Injectable()
export class EraseDeletedWebhooksService {
  constructor(
    jobs: ScheduledJobs,
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {
    jobs.add({ name: 'webhook-retention', cron: '37 3 * * *', run: () => this.erase() });
  }

  async erase(): Promise<void> {
    const purgeableUntilMs = await this.clock.purgeableUntilMs();
    await eraseWebhooksDeletedBefore(this.database, new Date(purgeableUntilMs - RETENTION_MS));
  }
}
