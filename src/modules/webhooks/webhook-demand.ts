import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { type DemandSource, EventDemand } from '../../platform/events/index.js';
import { isSubscribed } from './event-types.js';

/** How long the subscriptions of an owner are believed, in milliseconds. */
const BELIEVED_MS = 2_000;
const OWNERS_MAX = 10_000;

const FIND_SUBSCRIPTIONS = {
  name: 'find-webhook-subscriptions',
  text: `select to_jsonb(events) as events from webhook_endpoints where owner_id = $1 and disabled_at is null`,
};

interface Known {
  readonly patterns: Promise<readonly string[]>;
  readonly untilMs: number;
}

/** Knows what the endpoints of an owner subscribe to; asked at every turn, it reads the database every two seconds. */
@Injectable()
export class WebhookDemand implements DemandSource {
  private readonly known = new Map<string, Known>();

  constructor(
    demand: EventDemand,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    demand.register(this);
  }

  async isWanted(ownerId: string, type: string): Promise<boolean> {
    return isSubscribed(await this.patternsOf(ownerId), type);
  }

  private patternsOf(ownerId: string): Promise<readonly string[]> {
    const now = this.clock.now();
    const known = this.known.get(ownerId);
    if (known && known.untilMs > now) return known.patterns;
    if (this.known.size >= OWNERS_MAX) this.known.clear();
    const patterns = this.read(ownerId);
    this.known.set(ownerId, { patterns, untilMs: now + BELIEVED_MS });
    patterns.catch(() => this.known.delete(ownerId));
    return patterns;
  }

  private async read(ownerId: string): Promise<readonly string[]> {
    const { rows } = await this.database.query<{ events: string[] }>(FIND_SUBSCRIPTIONS, [ownerId]);
    return rows.flatMap(({ events }) => events);
  }
}
