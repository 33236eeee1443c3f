import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import { EventDemand } from '../../../platform/events/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import { isSubscribed } from './subscription-rules.js';
import { findSubscriptions } from './webhook-endpoint.queries.js';

/** How often the subscriptions are read again, in milliseconds: so long may one made by another process be overlooked. */
const REFRESH_INTERVAL_MS = 5_000;

/** Knows which events the endpoints of all owners subscribe to, so that a frequent one is not recorded for nobody. */
@Injectable()
export class SubscriptionCache implements OnModuleInit, OnApplicationShutdown {
  private patterns: ReadonlyMap<string, readonly string[]> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private refreshing: Promise<void> = Promise.resolve();

  constructor(
    demand: EventDemand,
    private readonly database: Database,
    @Inject(LOG) private readonly log: Log,
  ) {
    demand.register((ownerId, type) => isSubscribed(this.patterns.get(ownerId) ?? [], type));
  }

  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => {
      this.refreshing = this.refresh();
    }, REFRESH_INTERVAL_MS).unref();
  }

  /** Waits for a query that is under way, which must not meet a database that closes. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.refreshing;
  }

  /** Reads the subscriptions at once, for whoever has just changed one. When that fails, the next time mends it. */
  async refresh(): Promise<void> {
    try {
      const byOwner = Map.groupBy(await findSubscriptions(this.database), ({ owner_id }) => owner_id);
      this.patterns = new Map([...byOwner].map(([owner, found]) => [owner, found.flatMap(({ events }) => events)]));
    } catch (error) {
      this.log.debug({ err: error }, 'webhook subscriptions could not be read');
    }
  }
}
