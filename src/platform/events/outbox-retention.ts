import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';
import { RetentionService } from '../work/index.js';
import { EventConsumers } from './event-consumers.js';

/** How long a dispatched event, and what hangs on it, is kept. */
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

const INTERVAL_MS = 60 * 60 * 1000;

const DELETE_OLD = `
  delete from outbox_events where id in (
    select id from outbox_events where id < ? and dispatched_at is not null limit ?) returning id`;

/** Deletes events that were dispatched long ago; what consumers keep for them goes with them. */
@Injectable()
export class OutboxRetention {
  constructor(
    retention: RetentionService,
    private readonly consumers: EventConsumers,
    private readonly database: Database,
  ) {
    retention.add({
      name: 'outbox_events',
      everyMs: INTERVAL_MS,
      keptMs: RETENTION_MS,
      handle: (before, rowsMax) => this.deleteOld(before, rowsMax),
    });
  }

  private deleteOld(before: Date, rowsMax: number): Promise<number> {
    return this.database.transaction(async (em) => {
      const rows = await em.execute<{ id: string }[]>(DELETE_OLD, [lowestIdOf(before.getTime()), rowsMax]);
      const ids = rows.map(({ id }) => id);
      for (const consumer of this.consumers.list()) await consumer.forget?.(em, ids);
      return ids.length;
    });
  }
}

/** The lowest UUID v7 of a moment: ids are in the order of their time, so no index of times is needed. */
function lowestIdOf(epochMs: number): string {
  const hex = epochMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
