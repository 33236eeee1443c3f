import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { Database, isUnavailable } from '../database/index.js';
import { LOG, type Log } from '../log/index.js';
import { WorkLoop, type Worker, Workers } from '../work/index.js';
import { EventConsumers, type RecordedEvent } from './event-consumers.js';

const BATCH_MAX = 500;

/**
 * Claimed by what has not been dispatched, never by a mark of how far we are: the sequence is given out when an event is
 * recorded, and a transaction that took a low number may commit after one with a higher.
 */
const TAKE_WAITING = `
  with waiting as (
    select id from outbox_events where dispatched_at is null order by sequence limit ? offset ?),
  taken as (
    update outbox_events e set dispatched_at = ? from waiting where e.id = waiting.id
    returning e.id, e.type, e.owner_id, e.data, e.sequence)
  select id, type, owner_id as "ownerId", data from taken order by sequence`;

/** Hands recorded events to the consumers, in order, one process at a time. */
@Injectable()
export class EventDispatcher implements Worker {
  private readonly loop = new WorkLoop(
    () => this.step(),
    (error) => this.log.warn({ err: error }, 'events could not be dispatched; trying again'),
  );

  constructor(
    workers: Workers,
    private readonly consumers: EventConsumers,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    workers.register(this);
  }

  wake(): void {
    this.loop.wake();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async step(): Promise<boolean> {
    try {
      return (await this.dispatch(BATCH_MAX, 0)) === BATCH_MAX;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.log.error({ err: error }, 'a batch of events could not be dispatched; each is tried by itself');
      return this.dispatchOneByOne();
    }
  }

  /** One event that a consumer cannot take must not hold up the others. */
  private async dispatchOneByOne(): Promise<boolean> {
    let failed = 0;
    for (let tried = 0; tried < BATCH_MAX; tried++) {
      try {
        if ((await this.dispatch(1, failed)) === 0) return false;
      } catch (error) {
        if (isUnavailable(error)) throw error;
        failed += 1;
      }
    }
    return failed < BATCH_MAX;
  }

  private dispatch(limit: number, offset: number): Promise<number> {
    return this.database.transaction(async (em) => {
      // one at a time, or two batches could reach the consumers in the wrong order
      await em.execute("select pg_advisory_xact_lock(hashtext('kindly.outbox'))");
      const events = await em.execute<RecordedEvent[]>(TAKE_WAITING, [limit, offset, new Date(this.clock.now())]);
      if (events.length === 0) return 0;
      for (const consumer of this.consumers.list()) await consumer.consume(em, events);
      return events.length;
    });
  }
}
