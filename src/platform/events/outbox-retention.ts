import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database, DatabaseClock } from '../database/index.js';
import { ScheduledJobs } from '../work/index.js';
import { EventConsumers } from './event-consumers.js';

/** How long a dispatched event, and what hangs on it, is kept. */
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

const DELETE_BATCH = 5_000;

const DELETE_OLD = `
  delete from outbox_events where id in (
    select id from outbox_events where id < ? and dispatched_at is not null limit ?) returning id`;

/** Deletes events that were dispatched long ago, in small steps; what consumers keep for them goes with them. */
@Injectable()
export class OutboxRetention {
  constructor(
    jobs: ScheduledJobs,
    private readonly consumers: EventConsumers,
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {
    jobs.add({ name: 'outbox-retention', cron: '17 * * * *', run: () => this.deleteOld() });
  }

  private async deleteOld(): Promise<void> {
    const before = lowestIdOf(Math.floor(await this.clock.purgeableUntilMs()) - RETENTION_MS);
    let deleted: number;
    do {
      deleted = await this.database.transaction((em) => this.deleteBatch(em, before));
    } while (deleted === DELETE_BATCH);
  }

  private async deleteBatch(em: EntityManager, before: string): Promise<number> {
    const rows = await em.execute<{ id: string }[]>(DELETE_OLD, [before, DELETE_BATCH]);
    const ids = rows.map(({ id }) => id);
    for (const consumer of this.consumers.list()) await consumer.forget?.(em, ids);
    return ids.length;
  }
}

/** The lowest UUID v7 of a moment: ids are in the order of their time, so no index of times is needed. */
function lowestIdOf(epochMs: number): string {
  const hex = epochMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
