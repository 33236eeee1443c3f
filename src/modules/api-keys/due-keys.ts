import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { printTime } from '../../platform/http/index.js';
import { repeatEvery } from '../../platform/metering/index.js';
import { LOG, type Log } from '../../platform/log/index.js';
import { keyEvent } from './api-key-events.js';

const INTERVAL_MS = 2_000;
/** The most keys of one run; the others are due in the next one. */
const BATCH = 500;

/** Keys whose known end has come. The key is refused from that second on; here its end becomes a fact with an event. */
const END_DUE = `
  update api_keys set revoked_at = revoke_at
   where id in (select id from api_keys where revoke_at <= ? and revoked_at is null limit ${BATCH} for update skip locked)
  returning id, name, owner_id`;

/**
 * Keys that expire within 30, 14, 7 or 1 days, have lived longer than that, and have not been given this notice. Only
 * those that are due are locked, and looked at again once they are, so that each notice is given by one process.
 */
const GIVE_NOTICE = `
  with due as (
    select k.id, min(n.days) as days
      from api_keys k join (values (30), (14), (7), (1)) as n(days)
        on k.expires_at <= ?::timestamptz + n.days * interval '1 day'
       and k.expires_at - k.created_at > n.days * interval '1 day' and n.days < coalesce(k.expiry_notice_days, 31)
     where k.revoked_at is null and k.quarantined_at is null
       and k.expires_at > ? and k.expires_at <= ?::timestamptz + interval '30 days'
     group by k.id limit ${BATCH}
  ), mine as (
    select k.id, due.days from api_keys k join due on due.id = k.id
     where due.days < coalesce(k.expiry_notice_days, 31) and k.revoked_at is null
       for update of k skip locked
  )
  update api_keys k set expiry_notice_days = mine.days from mine where k.id = mine.id
  returning k.id, k.name, k.owner_id, k.expires_at, mine.days`;

interface DueRow {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string;
}

interface NoticeRow extends DueRow {
  readonly expires_at: Date | string;
  readonly days: number;
}

/** Turns what time has done to keys into events: scheduled ends, and notices of the coming expiry. */
@Injectable()
export class DueKeys implements OnModuleInit, OnApplicationShutdown {
  private stopTimer: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.stopTimer = repeatEvery(
      INTERVAL_MS,
      () => this.run(),
      (error) => this.log.warn({ err: error }, 'due keys are looked at again in the next run'),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopTimer?.();
    await this.running.catch(() => undefined);
  }

  private run(): Promise<void> {
    const now = new Date(this.clock.now());
    this.running = this.database.transaction(async (em) => {
      await this.endDue(em, now);
      await this.giveNotice(em, now);
    });
    return this.running;
  }

  private async endDue(em: EntityManager, now: Date): Promise<void> {
    for (const { id, name, owner_id: ownerId } of await em.execute<DueRow[]>(END_DUE, [now])) {
      this.outbox.record(em, keyEvent('revoked', { id, name, ownerId }, { cascade_from: null }));
    }
  }

  private async giveNotice(em: EntityManager, now: Date): Promise<void> {
    for (const row of await em.execute<NoticeRow[]>(GIVE_NOTICE, [now, now, now])) {
      const facts = { id: row.id, name: row.name, ownerId: row.owner_id };
      const expiresAt = printTime(new Date(row.expires_at));
      this.outbox.record(em, keyEvent('expiring', facts, { expires_at: expiresAt, days_left: row.days }));
    }
  }
}
